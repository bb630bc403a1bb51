"""Decides, pure: what one event makes of one case; nothing is read or written."""

RULES = 2
"""The number of the rules that decisions are made and due dates counted by.

It is raised when a case would be decided, or a day computed, otherwise than before.
"""
