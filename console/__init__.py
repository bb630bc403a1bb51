"""Front doors: the `zhixing` command."""
