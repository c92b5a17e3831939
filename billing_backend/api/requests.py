"""What do the API's requests look like?"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from billing_backend.corrections.crediting import NOTE_LENGTH
from billing_backend.corrections.reasons import BY_HAND
from billing_backend.money import Money
from billing_backend.payments.rules import LONGEST_NOTE, LONGEST_REFERENCE


class Request(BaseModel):
    """What is not known is refused: it is more often a typing mistake than meant."""

    model_config = ConfigDict(extra="forbid")


# Text that PostgreSQL can keep: no NUL.
Text = StringConstraints(strip_whitespace=True, pattern=r"^[^\x00]*$")
_Reference = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_REFERENCE)
]


class MoneyIn(Request):
    """An amount above zero in minor units (bani) of one currency."""

    minor: int = Field(gt=0, le=10**12, examples=[5445])
    currency: str = Field(pattern=r"^[A-Z]{3}$", examples=["RON"])

    def money(self) -> Money:
        return Money(self.minor, self.currency)


def money_of(given: MoneyIn | None) -> Money | None:
    return None if given is None else given.money()


class NothingIn(Request):
    """A request that needs no body: its address says all."""


class Method(StrEnum):
    CARD = "card"
    BANK_TRANSFER = "bank_transfer"
    CASH = "cash"


class PaymentIn(Request):
    account_id: UUID | None = Field(None, description="Empty: nobody knows yet whose it is")
    amount: MoneyIn
    received_on: date = Field(examples=["2026-11-24"])
    method: Method
    reference: Annotated[_Reference, Text] = Field(
        description="The bank's or provider's own, unique", examples=["BT-771"]
    )
    note: Annotated[str, Text] = Field(
        "", max_length=LONGEST_NOTE, description="What the payer wrote", examples=["DT-2026-000123"]
    )
    invoice_number: Annotated[str, Text] | None = Field(
        None, max_length=64, description="The invoice it is for", examples=["DT-2026-000123"]
    )


class CorrectionIn(Request):
    finding_id: Annotated[str, Text] = Field(
        max_length=200, description="As the review names it", examples=["duplicate_charge:0b0f"]
    )


class CreditIn(Request):
    """What to give back of an invoice."""

    invoice_number: Annotated[str, Text] = Field(
        min_length=1, max_length=64, examples=["DT-2026-000123"]
    )
    line: int | None = Field(
        None, ge=1, le=10_000, description="Only this line; 1 is the first", examples=[1]
    )
    amount: MoneyIn | None = Field(None, description="Tax included; without it, all that is left")
    reason: str = Field(
        max_length=40,
        examples=["service_outage"],
        json_schema_extra={"enum": [str(each) for each in BY_HAND]},
    )
    note: Annotated[str, Text] = Field(
        min_length=1, max_length=NOTE_LENGTH, examples=["a day without internet"]
    )
    expected_left: MoneyIn | None = Field(
        None, description="What was left when you looked: refused when somebody changed it since"
    )


class ArrangementIn(Request):
    pay_by: date = Field(examples=["2026-12-04"])


class GrantIn(Request):
    percent_bp: int = Field(ge=1, le=10_000, description="Basis points", examples=[1500])
    months: int = Field(ge=1, le=24, examples=[3])
    reason: Literal["price_increase", "too_expensive", "competitor", "leaving"]
