"""How does a test give a command, as an operator would, and hear what it says?"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from limpede.settings import ROOT

Said = subprocess.CompletedProcess[str]
Command = Callable[..., Said]


def limpede(var: Path, *arguments: str, typed: str = "", **environment: str) -> Said:
    """`limpede ...` with its data in `var`; `typed` is its stdin."""
    return subprocess.run(
        [sys.executable, "-m", "limpede", *arguments],
        cwd=ROOT,
        env={**os.environ, "LIMPEDE_VAR": str(var), **environment},
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
