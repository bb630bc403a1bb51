"""Keeps rows: connections, tables, statements, upgrades. Nothing here decides."""
