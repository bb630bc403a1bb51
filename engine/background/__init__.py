"""Keeps time: due deadlines are enforced and requests sent while a process runs."""
