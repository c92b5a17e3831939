"""What does a bank statement's file say? CSV of our own columns, or ISO 20022 camt.053.

The whole file is read before anything is answered: either every line, or every problem.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from lxml import etree

from billing_backend.errors import BillingError
from billing_backend.money import Money, from_decimal
from billing_backend.payments.rules import LONGEST_NOTE, LONGEST_REFERENCE
from billing_backend.statements.facts import Statement, StatementLine
from billing_backend.written import AMOUNT, amount_in, day_in

COLUMNS = ("date", "amount", "currency", "reference", "note")
_CURRENCY = re.compile(r"[A-Z]{3}")


class StatementUnreadable(BillingError):
    """The file cannot be imported; `problems` say where and why. Mend them, import it again."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems[:3]))
        self.problems = problems


def read(content: bytes) -> Statement:
    """Raises StatementUnreadable with every problem of the file."""
    if not content.strip():
        raise StatementUnreadable(["the file is empty"])
    statement = _camt(content) if content.lstrip().startswith(b"<") else _csv(content)
    counted = Counter(line.reference for line in statement.lines)
    twice = [reference for reference, times in counted.items() if times > 1]
    if twice:
        raise StatementUnreadable([f"reference {each!r} stands twice" for each in twice])
    return statement


# --- CSV ---


def _csv(content: bytes) -> Statement:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise StatementUnreadable([f"line {line}: not UTF-8; save the file as UTF-8"]) from None
    header = text.split("\n", 1)[0]
    rows = csv.DictReader(io.StringIO(text), delimiter=";" if ";" in header else ",")
    missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
    if missing:
        raise StatementUnreadable(
            [f"line 1: no column {', '.join(missing)}; the columns are {', '.join(COLUMNS)}"]
        )
    lines, problems, left_out = list[StatementLine](), list[str](), 0
    try:
        for row in rows:
            found = _csv_line(row)
            if isinstance(found, StatementLine):
                lines.append(found)
            elif found is None:
                left_out += 1
            else:
                problems += [f"line {rows.line_num}: {problem}" for problem in found]
    except csv.Error as error:  # a field of more than 131,072 characters, a NUL byte
        problems.append(f"line {rows.line_num + 1}: {error}")
    if problems:
        raise StatementUnreadable(problems)
    return Statement(tuple(lines), left_out)


def _csv_line(row: dict[str, str]) -> StatementLine | list[str] | None:
    """The line, None for money that went out, or what is wrong with it."""
    if None in row or None in row.values():
        return ["another number of fields than the first line has"]
    booked_on, amount = day_in(row["date"]), amount_in(row["amount"])
    currency, reference, note = (row[name].strip() for name in ("currency", "reference", "note"))
    problems = _too_long(reference, note)
    if booked_on is None:
        problems.append(f"date {row['date'][:20]!r} is not a day; write 2026-11-24")
    if not amount:
        problems.append(f"amount {row['amount'][:20]!r} is no amount; write 45.50")
    if not _CURRENCY.fullmatch(currency):
        problems.append(f"currency {currency[:20]!r} is not a code; write RON")
    if not reference:
        problems.append("reference is empty")
    if problems or booked_on is None or amount is None:
        return problems
    if amount < 0:
        return None
    return StatementLine(from_decimal(amount, currency), booked_on, reference, note)


# --- camt.053 ---


def _camt(content: bytes) -> Statement:
    # No entities, no network: the file comes from outside.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise StatementUnreadable([f"not an XML file: {error.msg}"]) from None
    statements = root.findall(".//{*}BkToCstmrStmt/{*}Stmt")
    if not statements:
        raise StatementUnreadable(["an XML file, but no camt.053 statement (BkToCstmrStmt) in it"])
    lines, problems, left_out = list[StatementLine](), list[str](), 0
    for statement in statements:
        account = _text(statement, "Acct/{*}Id/{*}IBAN") or ""
        name = f"{account} {_text(statement, 'Id') or 'statement'}".strip()
        for number, entry in enumerate(statement.findall("{*}Ntry"), start=1):
            if not _came_in(entry):
                left_out += 1
                continue
            for found in _whole(entry, list(_entry_lines(entry, f"{name}/{number}"))):
                if isinstance(found, StatementLine):
                    lines.append(found)
                else:
                    problems.append(f"entry {number} of {name}: {found}")
    if problems:
        raise StatementUnreadable(problems)
    return Statement(tuple(lines), left_out)


def _came_in(entry: etree._Element) -> bool:
    """Booked, to our credit, and not the reversal of something that went out."""
    status = _text(entry, "Sts/{*}Cd") or _text(entry, "Sts")
    return (
        _text(entry, "CdtDbtInd") == "CRDT"
        and status in (None, "BOOK")
        and _text(entry, "RvslInd") not in ("true", "1")
    )


def _whole(entry: etree._Element, found: list[StatementLine | str]) -> list[StatementLine | str]:
    """The lines of an entry, if they come to what the bank credited."""
    booked = _money(entry, "Amt")
    amounts = [line.amount for line in found if isinstance(line, StatementLine)]
    if len(amounts) < len(found) or booked is None:
        return found
    foreign = any(amount.currency != booked.currency for amount in amounts)
    if foreign or sum(amount.minor for amount in amounts) != booked.minor:
        return [f"its transactions do not come to the {booked} that the bank credited"]
    return found


def _entry_lines(entry: etree._Element, place: str) -> Iterator[StatementLine | str]:
    """One line for each transaction of the entry, or for the entry when it lists none."""
    day = (_text(entry, "BookgDt/{*}Dt") or _text(entry, "BookgDt/{*}DtTm") or "")[:10]
    booked_on = day_in(day)
    if booked_on is None:
        yield "no booking date"
        return
    whole = _money(entry, "Amt")
    details = entry.findall("{*}NtryDtls/{*}TxDtls")
    for number, detail in enumerate(details or [entry], start=1):
        # What the bank credited: a transaction's own amount may be the foreign original.
        amount = whole
        if len(details) > 1:
            amount = _money(detail, "Amt") or _money(detail, "AmtDtls/{*}TxAmt/{*}Amt")
        own = _text(detail, "Refs/{*}AcctSvcrRef")
        # Several transactions share their entry's reference: their place makes it unique.
        # NtryRef is not used: some banks number from 1 in every statement.
        shared = _text(entry, "AcctSvcrRef") or place
        reference = own or (shared if len(details) <= 1 else f"{shared}/{number}")
        note = " ".join(filter(None, (_text(detail, path) for path in _NOTES)))
        if amount is None:
            yield "no amount that is above zero"
        elif problems := _too_long(reference, note):
            yield problems[0]
        else:
            yield StatementLine(amount, booked_on, reference, note)


_NOTES = (
    "RmtInf/{*}Ustrd",
    "RmtInf/{*}Strd/{*}CdtrRefInf/{*}Ref",
    "Refs/{*}EndToEndId",
)


def _money(element: etree._Element, path: str) -> Money | None:
    """The amount above zero that stands there."""
    place = element.find(f"{{*}}{path}")
    written = "" if place is None or place.text is None else place.text.strip()
    currency = "" if place is None else place.get("Ccy", "")
    if not AMOUNT.fullmatch(written) or not _CURRENCY.fullmatch(currency):
        return None
    money = from_decimal(Decimal(written), currency)
    return money if money.minor > 0 else None


def _text(element: etree._Element, path: str) -> str | None:
    found = element.find(f"{{*}}{path}")
    return None if found is None or found.text is None else found.text.strip() or None


# --- both ---


def _too_long(reference: str, note: str) -> list[str]:
    fields = (("reference", reference, LONGEST_REFERENCE), ("note", note, LONGEST_NOTE))
    return [
        f"{name} has {len(value):,} characters; at most {limit:,}"
        for name, value, limit in fields
        if len(value) > limit
    ]
