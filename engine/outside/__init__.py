"""Speaks with outside systems: requests out, answers in, each taking effect once."""
