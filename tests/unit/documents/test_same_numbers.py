"""Do chat, paper, e-invoice, API and books say the same, to the last ban? The law of documents.

10,000 random invoices for the values, the XML and the books; paper is drawn and read again for
150 of them, because that takes a tenth of a second each.
"""

from __future__ import annotations

import io
import random
from datetime import date

from pypdf import PdfReader

from billing_backend.api.schemas import InvoiceOut
from billing_backend.contract import InvoiceFacts
from billing_backend.documents import texts
from billing_backend.documents.einvoice import einvoice
from billing_backend.documents.pdf import pdf
from billing_backend.documents.rules import Settled
from billing_backend.documents.values import Document
from billing_backend.invoices.views import facts
from billing_backend.journal import Ledger
from billing_backend.money import Money, total
from bot import wording
from tests.unit.documents.samples import Issued, random_invoice
from tests.unit.documents.standard import LINE, TAX, TOTALS, Xml

TODAY = date(2026, 11, 24)


def minor(xml: Xml, path: str) -> int:
    return int(xml.amount(path) * 100)


def in_the_books(invoice: Issued, *ledgers: Ledger) -> int:
    """What these accounts got from the customer, in bani."""
    return sum(each.amount.minor for each in invoice.transfers if each.credit in ledgers)


def says_the_same(invoice: Issued, chat: InvoiceFacts, document: Document) -> None:
    assert document.net == chat.net == total(line.net for line in document.lines)
    assert document.tax == chat.tax == total(line.tax for line in document.lines)
    assert document.total == chat.total == total(line.gross for line in document.lines)
    assert document.total == total(each.gross for each in document.taxes)
    assert document.to_pay == chat.outstanding
    assert document.to_pay_at_issue == chat.total - chat.credit_used
    assert [line.gross for line in document.lines] == [line.gross for line in chat.lines]


def xml_says_the_same(xml: Xml, document: Document) -> None:
    assert minor(xml, f"{TOTALS}/cbc:TaxExclusiveAmount") == document.net.minor
    assert minor(xml, f"{TAX}/cbc:TaxAmount") == document.tax.minor
    assert minor(xml, f"{TOTALS}/cbc:TaxInclusiveAmount") == document.total.minor
    assert minor(xml, f"{TOTALS}/cbc:PrepaidAmount") == document.credit_used.minor
    assert minor(xml, f"{TOTALS}/cbc:PayableAmount") == document.to_pay_at_issue.minor
    nets = xml.amounts(f"{LINE}/cbc:LineExtensionAmount")
    assert [int(each * 100) for each in nets] == [line.net.minor for line in document.lines]


def books_say_the_same(invoice: Issued, document: Document) -> None:
    assert in_the_books(invoice, *Ledger) == document.total.minor
    assert in_the_books(invoice, Ledger.VAT) == document.tax.minor
    assert {each.debit for each in invoice.transfers} <= {Ledger.RECEIVABLE}


def paper_says_the_same(document: Document, chat: InvoiceFacts) -> None:
    reader = PdfReader(io.BytesIO(pdf(document)))
    said = " ".join(" ".join(page.extract_text().split()) for page in reader.pages)
    figure = {
        "Total fără TVA": document.net,
        "Total TVA": document.tax,
        "Total factură": chat.total,
        "De plată": chat.outstanding,
    }
    for label, amount in figure.items():
        assert f"{label} {texts.money(amount, 'ro')}" in said
    for line in document.lines:
        figures = (line.net, line.tax, line.gross)
        net, tax, gross = (texts.money(each, "ro") for each in figures)
        rate = texts.percent(line.rate_bp, "ro") if line.rate_bp else "–"
        assert f"{net} {rate} {tax} {gross}" in said
    # The amount in the chat is the one at the top of the paper.
    assert wording.money(abs(chat.outstanding), "ro", "telegram") in said


def test_ten_thousand_invoices_say_the_same_everywhere() -> None:
    dice = random.Random(2026)
    for number in range(1, 10_001):
        invoice = random_invoice(dice, number)
        chat = facts(invoice.view, TODAY)
        document = invoice.document()
        says_the_same(invoice, chat, document)
        xml_says_the_same(Xml(einvoice(document)), document)
        books_say_the_same(invoice, document)
        api = InvoiceOut.model_validate(chat)
        assert (api.net.minor, api.tax.minor, api.total.minor, api.outstanding.minor) == (
            document.net.minor,
            document.tax.minor,
            document.total.minor,
            document.to_pay.minor,
        )


def test_paper_says_what_the_chat_says() -> None:
    dice = random.Random(1848)
    for number in range(1, 151):
        invoice = random_invoice(dice, number)
        paper_says_the_same(invoice.document(), facts(invoice.view, TODAY))


def test_what_came_later_takes_the_total_down_to_what_is_to_pay() -> None:
    dice = random.Random(1918)
    for number in range(1, 501):
        invoice = random_invoice(dice, number)
        left = invoice.view.total.minor - invoice.view.credit_used.minor
        paid = dice.randint(0, left)
        credited = dice.randint(0, left - paid)

        credit = invoice.view.credit_used
        settled = Settled(credit, Money(paid), Money(credited), ("DTC-1",))
        document = invoice.document(settled=settled)

        assert document.to_pay.minor == left - paid - credited
