"""`python -m tongban` and the `tongban` command."""

from tongban.cli import main

if __name__ == "__main__":
    main()
