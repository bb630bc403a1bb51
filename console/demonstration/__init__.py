"""The demonstration: a small court lives half a year in simulated time."""
