"""Definitions of other systems, read and written anew in the language of this one."""
