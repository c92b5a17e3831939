"""What do the API's answers about disputes and debts look like?"""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from billing_backend.api.schemas import ByLanguage, MoneyOut


class _Answer(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class DisputeOut(_Answer):
    """What a customer says is wrong on an invoice, and how far its answer is."""

    dispute_id: UUID
    number: str
    invoice_number: str
    amount: MoneyOut
    reason: str = Field(description="The code of the customer's reason")
    words: str = Field(description="The customer's own")
    state: str = Field(description="open, under_review, upheld, rejected or withdrawn")
    opened_on: date
    answer_by: date
    lines: list[ByLanguage] = Field(description="None: the invoice as a whole")
    answered_on: date | None
    answer: str = Field(description="Why it was rejected")
    credited: MoneyOut


class DisputeOpenedOut(_Answer):
    dispute: DisputeOut
    paid: bool = Field(description="The invoice was paid: nothing stops being asked for")


class DisputeUpheldOut(_Answer):
    dispute: DisputeOut
    credit_note_number: str
    new_total: MoneyOut = Field(description="What remains to pay of the invoice")
    balance_due: MoneyOut


class DisputeEventOut(_Answer):
    at: datetime
    by: str
    state: str
    note: str


class ServiceStateOut(_Answer):
    """Whether debts keep the service from working."""

    state: str = Field(description="active or suspended")
    since: date | None
    to_pay: MoneyOut = Field(description="What keeps the service or brings it back")
    invoice_numbers: list[str]
    suspends_on: date | None = Field(description="Set once a suspension was announced")
    reconnection_fee: MoneyOut | None = Field(description="With tax")


class SuspensionOut(_Answer):
    suspended_on: date
    restored_on: date | None
    restored_because: str | None = Field(
        description="paid, or not_owed (disputed, credited, arranged)"
    )


class Disputes(_Answer):
    disputes: list[DisputeOut]


class DisputeEvents(_Answer):
    events: list[DisputeEventOut]


class Suspensions(_Answer):
    suspensions: list[SuspensionOut]
