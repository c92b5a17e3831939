"""Does every link between our documents lead somewhere? Part of `make check`."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+\s+(.*)$", re.MULTILINE)


def broken() -> Iterator[str]:
    """One sentence for each link to a file or heading that is not there."""
    for page in _pages():
        for target in _LINK.findall(page.read_text()):
            if "://" in target or target.startswith("mailto:"):
                continue
            path, _, heading = target.partition("#")
            goal = (page.parent / path).resolve() if path else page
            where = page.relative_to(ROOT)
            if not goal.exists():
                yield f"{where}: {target} is not there"
            elif heading and goal.suffix == ".md" and heading not in _anchors(goal):
                yield f"{where}: {target} has no such heading"


def _pages() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "*.md"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / name for name in listed.stdout.splitlines()]


def _anchors(page: Path) -> set[str]:
    headings = _HEADING.findall(page.read_text())
    return {re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-") for text in headings}


def main() -> int:
    found = list(broken())
    for line in found:
        print(line)  # noqa: T201
    if not found:
        print("every link leads somewhere")  # noqa: T201
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
