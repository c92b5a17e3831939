"""What do a row's fields say, column by column?"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from billing_backend.importing.columns import Column, WrongValue
from billing_backend.importing.kinds import Kind, Wrong

_NUL = "\x00"


def values_of(
    kind: Kind, fields: Mapping[str, str], today: date
) -> tuple[dict[str, Any], list[Wrong]]:
    """Every column's value, and what is wrong with any of them or with all taken together."""
    values: dict[str, Any] = {}
    wrong: list[Wrong] = []
    for column in kind.columns:
        try:
            values[column.name] = _value(column, fields, values)
        except WrongValue as error:
            values[column.name] = None
            wrong.append((column.name, str(error)))
    return values, wrong or list(kind.row(values, today))


def _value(column: Column, fields: Mapping[str, str], before: Mapping[str, Any]) -> Any:
    written = fields.get(column.name)
    if written is None:
        if column.required:
            raise WrongValue("is empty")
        default = column.default
        if isinstance(default, str) and default.startswith("="):
            return before[default[1:]]
        return default
    if _NUL in written or not _encodable(written):
        raise WrongValue("has a character that cannot be kept")
    return column.read(written)


def _encodable(written: str) -> bool:
    try:
        written.encode()
    except UnicodeEncodeError:  # half of a surrogate pair, from a JSON escape
        return False
    return True
