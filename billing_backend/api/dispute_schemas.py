"""What do the API's requests and answers about disputes and debts look like?"""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from billing_backend.api.requests import MoneyIn, Request, Text
from billing_backend.api.schemas import ByLanguage, MoneyOut


class _Answer(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class DisputeIn(Request):
    invoice_number: Annotated[str, Text] = Field(max_length=64, examples=["DT-2026-000123"])
    line_ids: list[UUID] = Field([], max_length=100, description="None: the invoice as a whole")
    amount: MoneyIn | None = Field(None, description="Without it, all of it")
    reason: Literal[
        "charged_twice",
        "not_ordered",
        "cancelled",
        "price",
        "already_paid",
        "service_fault",
        "usage",
        "other",
    ] = "other"
    words: Annotated[str, Text] = Field(
        "", max_length=500, description="The customer's own", examples=["nu am comandat"]
    )


class UpholdIn(Request):
    amount: MoneyIn | None = Field(None, description="Without it, all that is disputed")


class RejectIn(Request):
    answer: Annotated[str, Text] = Field(
        min_length=1,
        max_length=500,
        description="The reason, in the customer's language: they are told it as it is",
        examples=["Opțiunea a fost comandată la 12 martie, din aplicație."],
    )


class DisputeOut(_Answer):
    """What a customer says is wrong on an invoice, and how far its answer is."""

    dispute_id: UUID
    number: str = Field(examples=["CT-2026-000001"])
    invoice_number: str = Field(examples=["DT-2026-000123"])
    amount: MoneyOut
    reason: str = Field(description="The code of the customer's reason", examples=["not_ordered"])
    words: str = Field(description="The customer's own", examples=["nu am comandat"])
    state: str = Field(
        description="open, under_review, upheld, rejected or withdrawn", examples=["open"]
    )
    opened_on: date
    answer_by: date
    lines: list[ByLanguage] = Field(description="None: the invoice as a whole")
    answered_on: date | None
    answer: str = Field(description="Why it was rejected", examples=[""])
    credited: MoneyOut


class DisputeOpenedOut(_Answer):
    dispute: DisputeOut
    paid: bool = Field(description="The invoice was paid: nothing stops being asked for")


class DisputeUpheldOut(_Answer):
    dispute: DisputeOut
    credit_note_number: str = Field(examples=["DTC-2026-000007"])
    new_total: MoneyOut = Field(description="What remains to pay of the invoice")
    balance_due: MoneyOut


class DisputeEventOut(_Answer):
    at: datetime
    by: str = Field(examples=["irina"])
    state: str = Field(examples=["under_review"])
    note: str = Field(examples=[""])


class ServiceStateOut(_Answer):
    """Whether debts keep the service from working."""

    state: str = Field(description="active or suspended", examples=["active"])
    since: date | None
    to_pay: MoneyOut = Field(description="What keeps the service or brings it back")
    invoice_numbers: list[str]
    suspends_on: date | None = Field(description="Set once a suspension was announced")
    reconnection_fee: MoneyOut | None = Field(description="With tax")


class SuspensionOut(_Answer):
    suspended_on: date
    restored_on: date | None
    restored_because: str | None = Field(
        description="paid, or not_owed (disputed, credited, arranged)", examples=["paid"]
    )


class Disputes(_Answer):
    disputes: list[DisputeOut]


class DisputeEvents(_Answer):
    events: list[DisputeEventOut]


class Suspensions(_Answer):
    suspensions: list[SuspensionOut]
