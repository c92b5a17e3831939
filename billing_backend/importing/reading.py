"""Which rows does a file hold? CSV or JSON lines, read row by row, whatever its size."""

import codecs
import csv
import io
import itertools
import json
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from billing_backend.errors import BillingError

_SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab"}
_LONGEST_LINE = 1_000_000
Fields = dict[str, str]


class FileUnreadable(BillingError):
    """Nothing of the file can be imported: mend what the message names."""


class BadRow(Exception):
    """One row cannot be read; the others can. The message says what is wrong with it."""


def rows(file: BinaryIO, columns: Sequence[str]) -> Iterator[tuple[int, Fields | BadRow]]:
    """(line number, fields by column) of every row; empty fields are left out.

    Raises FileUnreadable when the file is empty, is not UTF-8, or has other columns.
    """
    if file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        raise FileUnreadable("the file is UTF-16; save it as UTF-8")
    file.seek(0)
    lines = _Lines(file)
    first = next((line for line in lines if line.strip()), None)
    if first is None:
        raise FileUnreadable("the file is empty")
    if first.lstrip().startswith("{"):
        return _json(first, lines, columns)
    return _csv(first, lines, columns)


def count_lines(file: BinaryIO) -> int:
    """How many lines there are, for a progress bar; the file is read again from its start."""
    counted = sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b""))
    file.seek(0)
    return counted


class _Lines(Iterator[str]):
    """Line by line, without a byte order mark, each with its end; `number` is the last one's."""

    def __init__(self, file: BinaryIO) -> None:
        self.number = 0
        self._text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")

    def __next__(self) -> str:
        try:
            line = self._text.readline(_LONGEST_LINE)
        except UnicodeDecodeError:
            raise FileUnreadable(
                f"after line {self.number}: not UTF-8; save the file as UTF-8"
            ) from None
        if not line:
            raise StopIteration
        self.number += 1
        if len(line) == _LONGEST_LINE:
            raise FileUnreadable(f"line {self.number} has {_LONGEST_LINE:,} characters or more")
        return line


def _csv(
    first: str, lines: _Lines, columns: Sequence[str]
) -> Iterator[tuple[int, Fields | BadRow]]:
    separator = max(_SEPARATORS, key=first.count)
    header = [name.strip() for name in next(csv.reader([first], delimiter=separator))]
    _check_header(header, columns)
    reader = csv.reader(lines, delimiter=separator, strict=True)
    while True:
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:  # an open quote, a field of more than 131,072 characters
            yield lines.number, BadRow(str(error))
            continue
        if any(fields):
            yield lines.number, _record(header, fields)


def _record(header: Sequence[str], fields: Sequence[str]) -> Fields | BadRow:
    if len(fields) != len(header):
        return BadRow(f"has {len(fields)} fields; the first line has {len(header)}")
    named = zip(header, (field.strip() for field in fields), strict=True)
    return {name: field for name, field in named if field}


def _check_header(header: Sequence[str], columns: Sequence[str]) -> None:
    unknown = [name for name in header if name not in columns]
    twice = sorted({name for name in header if header.count(name) > 1})
    if len(header) == 1 and unknown:
        names = ", ".join(_SEPARATORS.values())
        raise FileUnreadable(f"line 1: the columns must be separated by one of {names}")
    if unknown:
        raise FileUnreadable(
            f"line 1: no such column: {', '.join(unknown)}; the columns are {', '.join(columns)}"
        )
    if twice:
        raise FileUnreadable(f"line 1: {', '.join(twice)} stands twice")


def _json(
    first: str, lines: _Lines, columns: Sequence[str]
) -> Iterator[tuple[int, Fields | BadRow]]:
    for line in itertools.chain([first], lines):
        if not line.strip():
            continue
        try:
            yield lines.number, _object(line, columns)
        except BadRow as bad:
            yield lines.number, bad


def _object(line: str, columns: Sequence[str]) -> Fields:
    try:
        # Figures stay as they are written: 45.50 is not a float here.
        found = json.loads(line, parse_float=str, parse_int=str)
    except (json.JSONDecodeError, RecursionError) as error:
        raise BadRow(f"is not JSON: {error}") from None
    if not isinstance(found, dict):
        raise BadRow("is not a JSON object")
    unknown = [name for name in found if name not in columns]
    if unknown:
        raise BadRow(f"has no such column: {', '.join(unknown)[:100]}")
    return {name: _plain(name, value) for name, value in found.items() if value not in (None, "")}


def _plain(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise BadRow(f"{name} is not a text or a figure")
    return value.strip()
