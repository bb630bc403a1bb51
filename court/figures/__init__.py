"""How a court does: limits kept, cases closed, time spent, work per person."""
