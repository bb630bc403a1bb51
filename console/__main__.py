"""`python -m zhixing.console` is the `zhixing` command."""

from .app import main

main(prog_name="zhixing")
