"""Speeds beside peers and limits, measured in one run: `make bench`."""
