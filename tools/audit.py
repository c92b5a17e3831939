"""Which packages of ours have known vulnerabilities, and which of them do we accept? `make audit`.

Asks a vulnerability database over the network, so it is not part of `make check`. What is
accepted, why, and until when stands in tools/audit.toml.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
EXCEPTIONS = ROOT / "tools" / "audit.toml"
ENVIRONMENTS = {"app": ROOT, "rasa": ROOT / "bot" / "nlu"}
_UV = ROOT / ".cache" / "uv" / "bin" / "uv"
_PIP_AUDIT = "pip-audit==2.9.0"


class CannotAsk(Exception):
    """The database was not reached; the message is what the asking program said."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """Packages of one environment that may stay as they are until a day."""

    environment: str
    packages: frozenset[str]
    until: date
    why: str
    shield: str


@dataclass(frozen=True, slots=True)
class Vulnerable:
    """A package with a known vulnerability."""

    environment: str
    package: str
    version: str
    advisories: tuple[str, ...]
    fixed_in: tuple[str, ...]


def accepted(text: str) -> list[Accepted]:
    """The exceptions as written. Raises ValueError for one that lacks a reason or a day."""
    exceptions = []
    for written in tomllib.loads(text).get("exception", []):
        each = Accepted(**{**written, "packages": frozenset(written["packages"])})
        if each.environment not in ENVIRONMENTS or not each.why or not each.shield:
            raise ValueError(f"{sorted(each.packages)}: say which environment, why and the shield")
        exceptions.append(each)
    return exceptions


def vulnerable(environment: str, answer: Mapping[str, Any]) -> Iterator[Vulnerable]:
    """The findings in pip-audit's JSON."""
    for package in answer["dependencies"]:
        found = package.get("vulns", [])
        if found:
            yield Vulnerable(
                environment,
                package["name"].lower().replace("_", "-"),
                package["version"],
                tuple(each["id"] for each in found),
                tuple(sorted({fix for each in found for fix in each["fix_versions"]})),
            )


def judged(
    findings: Iterable[Vulnerable], exceptions: Sequence[Accepted], today: date
) -> list[str]:
    """What must be done, a sentence each; empty when all is well."""
    problems = []
    for found in findings:
        exception = _covering(found, exceptions)
        name = f"{found.environment}: {found.package} {found.version}"
        if exception is None:
            fix = f"; fixed in {', '.join(found.fixed_in)}" if found.fixed_in else ""
            problems.append(f"{name} has {', '.join(found.advisories)}{fix}")
        elif exception.until < today:
            problems.append(f"{name}: the exception ended on {exception.until}, look again")
    return problems


def _covering(found: Vulnerable, exceptions: Sequence[Accepted]) -> Accepted | None:
    for each in exceptions:
        if each.environment == found.environment and found.package in each.packages:
            return each
    return None


def _ask(folder: Path) -> Mapping[str, Any]:
    """pip-audit's answer on what a lock file holds, development packages left out."""
    with tempfile.TemporaryDirectory() as scratch:
        listed = Path(scratch) / "requirements.txt"
        export = ["export", "--locked", "--no-dev", "--no-emit-project", "--quiet", "-o", listed]
        subprocess.run([_UV, *export], cwd=folder, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
        audit = ["tool", "run", "--quiet", _PIP_AUDIT, "-r", listed, "--disable-pip", "-f", "json"]
        asked = subprocess.run([_UV, *audit], capture_output=True, text=True, check=False)  # noqa: S603
    try:
        # It ends with 1 when it found something: what it says counts.
        answer: Mapping[str, Any] = json.loads(asked.stdout)
    except ValueError as error:
        raise CannotAsk(asked.stderr.strip().splitlines()[-1] if asked.stderr else "") from error
    return answer


def main() -> int:
    """0: nothing to do; 1: something to do; 2: the database cannot be asked."""
    exceptions = accepted(EXCEPTIONS.read_text(encoding="utf-8"))
    try:
        findings = [
            found
            for environment, folder in ENVIRONMENTS.items()
            for found in vulnerable(environment, _ask(folder))
        ]
    except CannotAsk as error:
        print(f"make audit needs the network: {error}", file=sys.stderr)  # noqa: T201
        return 2
    problems = judged(findings, exceptions, date.today())  # noqa: DTZ011 - a day of whoever looks
    for problem in problems:
        print(problem)  # noqa: T201
    print(f"{len(findings)} packages with known vulnerabilities, {len(problems)} to look at")  # noqa: T201
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
