"""How does a check tell what it found?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import typer

from limpede.settings import SettingsWrong


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that was looked at, in a line."""

    right: bool
    text: str


def tell(findings: Iterable[Found]) -> None:
    """A line for each as it is found; raises SettingsWrong with the first wrong one at the end."""
    wrong = []
    for found in findings:
        typer.echo(f"{'right' if found.right else 'WRONG'}\t{found.text}")
        wrong += [] if found.right else [found.text]
    if wrong:
        more = f" (and {len(wrong) - 1} more: see above)" if len(wrong) > 1 else ""
        raise SettingsWrong(wrong[0] + more)
