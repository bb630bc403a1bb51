"""YAML text and the place of everything in it: read, layered, written, found wanting."""
