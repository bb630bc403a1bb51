"""The law as data: the tables in `definitions/law`."""
