"""Conditions in CEL: compiled, checked, evaluated, and solved for examples."""
