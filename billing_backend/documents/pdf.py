"""How does a document look on paper? One A4 page for a usual invoice, more for a long one.

The same document gives the same bytes: its dates are its own, and the fonts lie beside this
module (Roboto, Apache License 2.0, cut down to Latin, Greek and Cyrillic letters).
"""

from __future__ import annotations

from collections.abc import Sequence

from fpdf import XPos, YPos
from fpdf.enums import Align

from billing_backend.documents import texts
from billing_backend.documents.company import counties
from billing_backend.documents.paper import ACCENT, LINE, MARGIN, TINT, WIDTH, Paper
from billing_backend.documents.values import Address, Document, DocumentLine, Kind, TaxSubtotal
from billing_backend.money import Money

# position, name, quantity, unit price, net, rate, tax, gross
_COLUMNS = (8.0, 67.0, 17.0, 20.0, 21.0, 11.0, 15.0, 19.0)
_HEADS = ("position", "name", "quantity", "unit_price", "net", "rate", "tax", "gross")
_NAME_COLUMN = 1


def pdf(document: Document) -> bytes:
    """The PDF file."""
    paper = Paper(document)
    paper.add_page()
    for draw in (_title, _parties, _key_facts, _lines, _totals, _closing):
        draw(paper, document)
    return bytes(paper.output())


def _title(paper: Paper, document: Document) -> None:
    top = paper.get_y()
    paper.set_fill_color(*ACCENT)
    paper.rect(MARGIN, top + 1, 2.2, 13, style="F")
    paper.set_x(MARGIN + 4)
    paper.style(15, bold=True)
    paper.put(90, 8, document.seller.name, last=True)
    paper.set_x(MARGIN + 4)
    paper.style(8.5, soft=True)
    paper.put(90, 6, " · ".join(filter(None, (document.seller.website, document.seller.phone))))
    paper.set_xy(MARGIN + 88, top)
    paper.style(18, bold=True)
    paper.accent()
    paper.put(WIDTH - 88, 9, paper.text_of("title", document.kind), align=Align.R, last=True)
    paper.set_x(MARGIN + 88)
    paper.style(11)
    paper.put(WIDTH - 88, 6, document.number, align=Align.R, last=True)
    paper.ln(7)


def _parties(paper: Paper, document: Document) -> None:
    top, half = paper.get_y(), WIDTH / 2
    seller, buyer = document.seller, document.buyer
    _party(paper, 0, paper.label("seller"), seller.name, [
        *_address(seller.address),
        f"{paper.label('tax_id')}: {seller.tax_id}",
        f"{paper.label('registration')}: {seller.registration}",
        f"{paper.label('iban')}: {_grouped(seller.iban)}",
        f"{paper.label('bank')}: {seller.bank}",
    ])  # fmt: skip
    below = paper.get_y()
    paper.set_y(top)
    _party(paper, half + 4, paper.label("buyer"), buyer.name, [
        *(_address(buyer.address) if buyer.address else []),
        *([f"{paper.label('tax_id')}: {buyer.tax_id}"] if buyer.tax_id else []),
        *([f"{paper.label('registration')}: {buyer.registration}"] if buyer.registration else []),
        f"{paper.label('customer_number')}: {buyer.customer_number}",
    ])  # fmt: skip
    paper.set_xy(MARGIN, max(below, paper.get_y()))
    paper.ln(5)


def _party(paper: Paper, left: float, role: str, name: str, rows: Sequence[str]) -> None:
    width = WIDTH / 2 - 4
    paper.set_x(MARGIN + left)
    paper.style(7.5, bold=True)
    paper.accent()
    paper.paragraph(width, 5, role.upper())
    paper.style(10.5, bold=True)
    paper.paragraph(width, 5.2, name)
    paper.style(8.5)
    for row in rows:
        paper.paragraph(width, 4.4, row)


def _address(address: Address) -> list[str]:
    county = counties().get(address.county, address.county)
    return [
        address.street,
        " ".join(filter(None, (address.postal_code, f"{address.city}, {county}"))),
    ]


def _grouped(iban: str) -> str:
    return " ".join(iban[at : at + 4] for at in range(0, len(iban), 4))


def _key_facts(paper: Paper, document: Document) -> None:
    """A band with what one looks for first."""
    top, height = paper.get_y(), 14.0
    paper.set_fill_color(*TINT)
    paper.rect(MARGIN, top, WIDTH, height, style="F", round_corners=True, corner_radius=1.5)
    *facts, (owed, amount) = _facts(paper, document)
    left = MARGIN + 2
    for name, value in facts:
        paper.set_xy(left, top + 2)
        paper.style(7.5, soft=True)
        paper.put(60, 4, name)
        paper.set_xy(left, top + 6)
        paper.style(9.5, bold=True)
        paper.put(60, 6, value)
        left += max(30, paper.get_string_width(value) + 7)
    paper.set_xy(MARGIN + WIDTH - 62, top + 2)
    paper.style(7.5, soft=True)
    paper.put(60, 4, owed, align=Align.R)
    paper.set_xy(MARGIN + WIDTH - 62, top + 6)
    paper.style(12, bold=True)
    paper.accent()
    paper.put(60, 6, amount, align=Align.R)
    paper.set_xy(MARGIN, top + height)
    paper.ln(5)


def _facts(paper: Paper, document: Document) -> list[tuple[str, str]]:
    language = document.language
    facts = [(paper.label("issued_on"), texts.day(document.issued_on, language))]
    if document.period is not None:
        facts.append((paper.label("period"), texts.days(document.period, language)))
    if document.due_on is not None:
        facts.append((paper.label("due_on"), texts.day(document.due_on, language)))
    if document.corrects is not None:
        facts.append((paper.label("corrects"), document.corrects.number))
    if document.reason is not None:
        facts.append((paper.label("reason"), texts.either("reason", document.reason, language)))
    pay = "to_pay" if document.kind is Kind.INVOICE else "given_back"
    return [*facts, (paper.label(pay), texts.money_with_currency(document.to_pay, language))]


def _lines(paper: Paper, document: Document) -> None:
    _table_head(paper)
    for line in document.lines:
        _line(paper, document, line)
    paper.rule(strong=True)
    paper.ln(1.5)
    paper.style(7, soft=True)
    currency = texts.either("currency", document.currency, document.language)
    paper.put(WIDTH, 4, paper.label("amounts_in", currency=currency), last=True)
    paper.ln(2)


def _table_head(paper: Paper) -> None:
    paper.style(7.5, bold=True, soft=True)
    for at, (width, name) in enumerate(zip(_COLUMNS, _HEADS, strict=True)):
        align = Align.L if at <= _NAME_COLUMN else Align.R
        # The longest heads take two lines, so that figures keep their columns.
        words, left, top = paper.label(name), paper.get_x(), paper.get_y()
        high = 3.4 if paper.get_string_width(words) > width - 2 * paper.c_margin else 6.8
        paper.multi_cell(width, high, words, align=align, new_x=XPos.RIGHT, new_y=YPos.TOP)
        paper.set_xy(left + width, top)
    paper.set_xy(MARGIN, paper.get_y() + 7.2)
    paper.rule(strong=True)


def _line(paper: Paper, document: Document, line: DocumentLine) -> None:
    language = document.language
    name = paper.printable(line.name.get(language) or next(iter(line.name.values()), ""))
    paper.style(8.5)
    height = 4.2 * paper.lines_of(_COLUMNS[1], name) + (3.6 if line.period else 0) + 2.4
    if paper.will_page_break(height):
        paper.add_page()
        _table_head(paper)
    top = paper.get_y()
    paper.set_y(top + 1.2)
    paper.style(8.5)
    figures = _figures(line, language)
    for at, (width, figure) in enumerate(zip(_COLUMNS, figures, strict=True)):
        if at == _NAME_COLUMN:
            paper.set_x(paper.get_x() + width)
        else:
            paper.put(width, 4.2, figure, align=Align.R if at else Align.L)
    paper.set_xy(MARGIN + _COLUMNS[0], top + 1.2)
    paper.multi_cell(_COLUMNS[1], 4.2, name, align=Align.L, new_x=XPos.LEFT, new_y=YPos.NEXT)
    if line.period:
        paper.style(7, soft=True)
        paper.put(_COLUMNS[1], 3.6, texts.days(line.period, language))
    paper.set_xy(MARGIN, top + height)
    paper.rule()


def _figures(line: DocumentLine, language: str) -> tuple[str, ...]:
    unit = texts.either("unit", line.unit, language)
    return (
        str(line.position),
        "",
        f"{line.quantity} {unit}",
        texts.unit_price(line.net, line.quantity, language),
        texts.money(line.net, language),
        texts.percent(line.rate_bp, language) if line.rate_bp else "–",
        texts.money(line.tax, language),
        texts.money(line.gross, language),
    )


def _totals(paper: Paper, document: Document) -> None:
    """Tax by rate on the left, the way from net to what is to pay on the right."""
    rows = _sum_rows(paper, document)
    if paper.will_page_break(max(5.4 * (len(document.taxes) + 2), 5.6 * len(rows)) + 8):
        paper.add_page()
    top = paper.get_y()
    _tax_summary(paper, document.taxes)
    below = paper.get_y()
    paper.set_y(top)
    for name, amount, strong in rows:
        _sum_row(paper, name, amount, strong=strong)
    paper.set_y(max(below, paper.get_y()))
    paper.ln(5)


def _tax_summary(paper: Paper, taxes: Sequence[TaxSubtotal]) -> None:
    widths = (22.0, 22.0, 18.0, 22.0)
    paper.style(7.5, bold=True, soft=True)
    heads = ("tax_summary", "base", "tax", "gross")
    _short_row(paper, widths, [paper.label(head) for head in heads])
    paper.set_draw_color(*LINE)
    paper.line(MARGIN, paper.get_y(), MARGIN + sum(widths), paper.get_y())
    paper.ln(0.8)
    paper.style(8.5)
    for each in taxes:
        rate = texts.percent(each.rate_bp, paper.language) if each.rate_bp else "–"
        _short_row(paper, widths, [rate, *map(paper.money, (each.net, each.tax, each.gross))])
    if any(not each.rate_bp for each in taxes):
        paper.style(6.5, soft=True)
        paper.paragraph(sum(widths), 3.2, f"– {paper.text_of('note', 'outside_vat')}")


def _short_row(paper: Paper, widths: Sequence[float], cells: Sequence[str]) -> None:
    for at, (width, words) in enumerate(zip(widths, cells, strict=True)):
        last = at == len(widths) - 1
        paper.put(width, 5, words, align=Align.R if at else Align.L, last=last)


def _sum_rows(paper: Paper, document: Document) -> list[tuple[str, Money, bool]]:
    invoice = document.kind is Kind.INVOICE
    rows = [
        (paper.label("total_net"), document.net, False),
        (paper.label("total_tax"), document.tax, False),
        (paper.label("total" if invoice else "total_credit_note"), document.total, True),
    ]
    if document.credit_used:
        rows.append((paper.label("credit_used"), -document.credit_used, False))
    if document.paid:
        rows.append((paper.label("paid"), -document.paid, False))
    if document.credited:
        numbers = ", ".join(document.credited_by)
        rows.append((paper.label("credited", numbers=numbers), -document.credited, False))
    if invoice:
        rows.append((paper.label("to_pay"), document.to_pay, True))
    return rows


def _sum_row(paper: Paper, name: str, amount: Money, *, strong: bool) -> None:
    width, left = 84.0, MARGIN + WIDTH - 84.0
    if strong:
        paper.set_fill_color(*TINT)
        paper.rect(left, paper.get_y(), width, 6.6, style="F")
    height = 6.6 if strong else 5.4
    paper.set_x(left)
    paper.style(10 if strong else 8.5, bold=strong)
    paper.put(width - 30, height, name)
    paper.put(30, height, paper.money(amount), align=Align.R, last=True)
    paper.ln(0.6 if strong else 0)


def _closing(paper: Paper, document: Document) -> None:
    """How to pay, or that nothing is to pay."""
    if document.kind is Kind.CREDIT_NOTE:
        _remark(paper, "credit_note")
    elif document.to_pay.minor <= 0:
        _remark(paper, "paid_in_full")
    else:
        _how_to_pay(paper, document)


def _remark(paper: Paper, name: str) -> None:
    paper.style(9.5, bold=True)
    paper.accent()
    paper.paragraph(WIDTH, 5, paper.text_of("note", name))


def _how_to_pay(paper: Paper, document: Document) -> None:
    height = 30.5
    if paper.will_page_break(height):
        paper.add_page()
    top = paper.get_y()
    paper.set_draw_color(*LINE)
    paper.rect(MARGIN, top, WIDTH, height, round_corners=True, corner_radius=1.5)
    paper.set_xy(MARGIN + 3, top + 2.5)
    paper.style(10, bold=True)
    paper.put(WIDTH - 6, 5.5, paper.label("how_to_pay"), last=True)
    paper.set_x(MARGIN + 3)
    paper.style(8.5, soft=True)
    paper.paragraph(WIDTH - 6, 4.4, paper.text_of("note", "how_to_pay"))
    paper.ln(1.5)
    seller, language = document.seller, document.language
    facts = (
        ("iban", f"{_grouped(seller.iban)} · {seller.bank}"),
        ("reference", document.number),
        ("amount", texts.money_with_currency(document.to_pay, language)),
    )
    for name, value in facts:
        paper.set_x(MARGIN + 3)
        paper.style(8.5, soft=True)
        paper.put(34, 4.8, paper.label(name))
        paper.style(9, bold=True)
        paper.put(WIDTH - 40, 4.8, value, last=True)
    paper.set_y(top + height)
