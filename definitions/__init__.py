"""The procedures, measures and calendars that administrators edit, as data files."""
