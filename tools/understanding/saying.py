"""How does an examination speak to who runs it? Line by line, at once."""

import sys


def say(line: str = "") -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def complain(line: object) -> None:
    sys.stderr.write(f"{line}\n")
