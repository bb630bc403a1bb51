"""How the text of a log becomes events: its rows, their times, and what cannot be read."""
