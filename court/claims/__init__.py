"""What is due by the title of a case on any day."""
