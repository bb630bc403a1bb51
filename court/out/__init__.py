"""What leaves the court for other programs: calendars."""
