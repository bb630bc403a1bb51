"""Versions of procedures: published by a second person; running cases moved and counted anew."""
