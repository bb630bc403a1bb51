"""Small servers that behave like the outside systems, for tests, demonstrations and development."""
