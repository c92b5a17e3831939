"""What becomes of the app and Rasa when `limpede up` itself is killed?"""

from __future__ import annotations

import subprocess
import sys

import psutil

from limpede.settings import ROOT

# A child that will not end when it is asked to, as one that still has connections open.
STUBBORN = (
    "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    " print('deaf', flush=True); signal.pause()"
)
SUPERVISOR = f"""
import signal, sys
from pathlib import Path
from limpede.processes import Child

child = Child(
    "stubborn",
    [sys.executable, "-c", {STUBBORN!r}],
    folder=Path.cwd(),
    environment={{}},
    tell=lambda line: print(child._process.pid, flush=True),
)
child.start()
signal.pause()
"""


def test_a_child_dies_with_its_supervisor_however_deaf_it_is() -> None:
    """Else its port is taken when the product is started again, and it ends at once."""
    with subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as supervisor:
        assert supervisor.stdout is not None
        child = psutil.Process(int(supervisor.stdout.readline()))
        supervisor.kill()
        supervisor.wait(30)
        child.wait(timeout=5)
