"""How does a program read a long list, page by page?

By a cursor that names the last item seen, so that what is added meanwhile moves nothing.
"""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, TypeVar

from fastapi import Query
from fastapi.exceptions import RequestValidationError

Item = TypeVar("Item")
Read = Callable[[str], Any]

Limit = Annotated[int, Query(ge=1, le=100, description="Items of a page")]
After = Annotated[
    str | None,
    Query(max_length=400, description="`next` of the page before; without it, the first page"),
]


def cursor_of(*key: object) -> str:
    """Opaque to the caller: the sort key of the page's last item."""
    return base64.urlsafe_b64encode(json.dumps([str(part) for part in key]).encode()).decode()


def key_of(cursor: str | None, *reads: Read) -> tuple[Any, ...] | None:
    """The sort key in a cursor; None without one. Raises RequestValidationError when it is no
    cursor of ours."""
    if cursor is None:
        return None
    try:
        parts = json.loads(base64.b64decode(cursor.encode(), altchars=b"-_", validate=True))
        return tuple(read(part) for read, part in zip(reads, parts, strict=True))
    except (binascii.Error, ValueError, TypeError, AttributeError):
        raise RequestValidationError(
            [{"loc": ("query", "after"), "msg": "is not the `next` of a page", "type": "value"}]
        ) from None


def moment(written: str) -> datetime:
    """An aware moment; ValueError for one without a time zone."""
    found = datetime.fromisoformat(written)
    if found.tzinfo is None:
        raise ValueError(written)
    return found


def text(written: str) -> str:
    """Any text that the database can hold; ValueError otherwise."""
    if "\x00" in written:
        raise ValueError(written)
    written.encode()
    return written


def page_of(
    found: Sequence[Item], limit: int, key: Callable[[Item], Sequence[object]]
) -> tuple[Sequence[Item], str | None]:
    """A page and the cursor to the next, from one item more than the page holds."""
    page = found[:limit]
    return page, cursor_of(*key(page[-1])) if len(found) > limit else None
