"""How does a person see how far a long command is?"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.progress import Progress


@contextlib.contextmanager
def bar(console: Console, name: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar where somebody looks; answers the function that moves it: (done, of)."""
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(name, total=None)
        yield lambda done, of: progress.update(task, completed=done, total=max(done, of))
