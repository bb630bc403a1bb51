"""`python -m zhixing.console` is the `zhixing` command."""

from .app import main

if __name__ == "__main__":  # a worker process of a replay loads this file too, under another name
    main(prog_name="zhixing")
