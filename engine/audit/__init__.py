"""Histories proven: what was changed, removed or inserted behind the engine's back."""
