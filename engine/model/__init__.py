"""Plain values: a case, an event, what follows from it."""
