"""The one path of a change: cases are loaded, decided and written in one transaction."""
