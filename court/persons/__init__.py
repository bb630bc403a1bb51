"""Persons: one view of each over all cases and courts of the database."""
