"""What are days and months called in Romanian and English, without diacritics? Pure."""

_MONTHS = (
    "ianuarie ian january jan",
    "februarie feb february febr",
    "martie mart march mar",
    "aprilie apr april",
    "mai may",
    "iunie iun june jun",
    "iulie iul july jul",
    "august aug",
    "septembrie sept september sep",
    "octombrie oct october",
    "noiembrie nov november noi",
    "decembrie dec december",
)
_WEEKDAYS = (
    "luni lunea monday mon",
    "marti martea tuesday tue tues",
    "miercuri miercurea wednesday wed",
    "joi joia thursday thu thurs",
    "vineri vinerea friday fri",
    "sambata saturday sat",
    "duminica sunday sun",
)


def _numbered(rows: "tuple[str, ...]", first: int) -> dict[str, int]:
    return {name: number for number, row in enumerate(rows, first) for name in row.split()}


MONTHS: dict[str, int] = _numbered(_MONTHS, 1)
WEEKDAYS: dict[str, int] = _numbered(_WEEKDAYS, 0)  # Monday is 0, as date.weekday() has it

# Also everyday words of their language ("mai mult", "you may", "noi", "mar", "sun", "sat"):
# months or days only beside a number or after a word that points to a time.
DOUBTFUL = frozenset({"mai", "may", "noi", "mar", "mon", "sun", "sat", "wed", "fri", "tue", "thu"})


def alternatives(names: "dict[str, int]", doubtful: bool = True) -> str:
    """The names as a regular expression's alternatives, longest first."""
    chosen: list[str] = [name for name in names if doubtful or name not in DOUBTFUL]
    return "|".join(sorted(chosen, key=lambda name: (-len(name), name)))
