"""Decides, pure: what one event makes of one case; nothing is read or written."""
