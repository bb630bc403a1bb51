"""Periods of law and the calendars they are counted on."""
