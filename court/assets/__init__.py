"""The assets that measures hold: one queue for each, over all cases and courts of the database."""
