"""The commands of `zhixing`, a module for each group."""
