"""What does the assistant say, all of it, in a row? For a reviewer: `make texts`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

FOLDER = Path(__file__).resolve().parent.parent / "data" / "responses"


def page() -> Iterator[str]:
    """Markdown: a heading for each family, and under each response its variations by language."""
    yield "# What the assistant says"
    for file in sorted(FOLDER.glob("*.yml")):
        yield f"\n## {file.stem}"
        responses: Mapping[str, Sequence[Mapping[str, Any]]]
        responses = YAML(typ="safe").load(file)["responses"]
        for name, variations in responses.items():
            yield f"\n**{name.removeprefix('utter_')}**\n"
            yield from map(_line, variations)


def _line(variation: Mapping[str, Any]) -> str:
    about = variation["metadata"]
    where = about["language"] + (f", {about['channel']}" if "channel" in about else "")
    buttons = "".join(f" [{each['title']}]" for each in variation.get("buttons", ()))
    return f"- {where}: {' '.join(variation['text'].split())}{buttons}"


def main() -> int:
    for line in page():
        print(line)  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
