"""Ways to a far side: what every adapter over them may rely on, however the far side behaves."""
