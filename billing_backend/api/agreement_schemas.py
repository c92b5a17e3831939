"""What do the API's requests and answers about plans, their changes and charges look like?"""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from billing_backend.api.requests import MoneyIn, Request, Text
from billing_backend.api.schemas import ByLanguage, DraftOut, InvoiceLineOut, MoneyOut
from billing_backend.contract import Wish


class _Answer(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class OfferingOut(_Answer):
    """A plan or add-on on sale."""

    code: str = Field(examples=["MOBILE_10"])
    kind: str = Field(description="plan or add_on", examples=["plan"])
    family: str = Field(examples=["mobile"])
    name: ByLanguage
    net: MoneyOut
    gross: MoneyOut = Field(description="A period's price with today's tax")
    unit: str | None = Field(examples=["GB"])
    allowance: int | None = Field(examples=[10])
    extra_unit: MoneyOut | None = Field(description="A unit above the allowance, tax included")
    minimum_term_months: int = Field(examples=[0])


class Offerings(_Answer):
    offerings: list[OfferingOut]


class ServiceOut(_Answer):
    code: str = Field(examples=["MOBILE_10"])
    kind: str = Field(examples=["plan"])
    name: ByLanguage
    gross: MoneyOut
    since: date
    ends_on: date | None
    minimum_term_until: date | None


class ScheduledChangeOut(_Answer):
    """A change that has not begun."""

    change_id: UUID
    kind: str = Field(description="plan, add_on, remove_add_on or cancel", examples=["plan"])
    from_day: date
    old: ByLanguage | None = Field(examples=[{"ro": "…", "en": "…"}])
    new: ByLanguage | None = Field(examples=[{"ro": "…", "en": "…"}])
    ordered_on: date
    ordered_by: str = Field(examples=["customer"])


class ServicesOut(_Answer):
    plan: ServiceOut | None
    add_ons: list[ServiceOut]
    scheduled: list[ScheduledChangeOut]
    period_start: date
    period_end: date
    cancelled_on: date | None = Field(description="The last day of a cancelled service")
    suspended_on: date | None


class UsageOut(_Answer):
    name: ByLanguage
    unit: str | None = Field(examples=["GB"])
    used: int | None = Field(description="Null where nothing is measured", examples=[7])
    allowance: int | None = Field(examples=[10])
    period_start: date
    period_end: date
    extra_cost: MoneyOut


class WishIn(Request):
    """A change of services."""

    kind: Literal["plan", "add_on", "remove_add_on", "cancel"]
    product_code: Annotated[str, Text] | None = Field(
        None, max_length=100, description="Of a plan or add-on", examples=["MOBILE_10"]
    )
    on: date | None = Field(None, description="First day of the new state; null: by rule")
    reason: Literal["price", "competitor", "moving", "not_needed", "quality", "other"] | None = (
        Field(None, description="Why one leaves")
    )

    def wish(self) -> Wish:
        return Wish(self.kind, self.product_code, on=self.on, reason=self.reason)


class ChangeIn(WishIn):
    promise: Annotated[str, Text] | None = Field(
        None,
        max_length=64,
        description="Of the preview: refused when it would come to anything else",
        examples=["5f0c1f6a9d5e4b7c"],
    )


class ChangePreviewOut(_Answer):
    """What a change would do, to the minor unit."""

    from_day: date
    fee: MoneyOut | None = Field(description="Early-termination fee, tax included")
    minimum_term_until: date | None
    difference: MoneyOut | None = Field(description="What it makes the next invoice more")
    next_invoice: DraftOut | None
    lines: list[InvoiceLineOut] = Field(description="Those that the change brings")
    promise: str = Field(examples=["5f0c1f6a9d5e4b7c"])


class ChangeDoneOut(_Answer):
    change_id: UUID
    preview: ChangePreviewOut


class Words(Request):
    """A name in both languages."""

    ro: Annotated[str, Text] = Field(min_length=1, max_length=200, examples=["Instalare"])
    en: Annotated[str, Text] = Field(min_length=1, max_length=200, examples=["Installation"])


class ChargeIn(Request):
    """Something to be charged once, on the next invoice."""

    description: Words
    amount: MoneyIn
    tax_included: bool = Field(False, description="Without it the amount is net")
    supplied_on: date = Field(examples=["2026-11-24"])


class ChargeAddedOut(_Answer):
    charge_id: UUID
    net: MoneyOut
    tax: MoneyOut
    gross: MoneyOut
    tax_rate_bp: int = Field(examples=[2100])
    supplied_on: date


class CompanyIn(Request):
    name: Annotated[str, Text] = Field(
        min_length=1, max_length=200, examples=["Cofetăria Exemplu SRL"]
    )
    tax_id: Annotated[str, Text] = Field(
        max_length=20, description="CUI, checked by its digit", examples=["RO99999909"]
    )
    iban: Annotated[str, Text] | None = Field(
        None, max_length=42, examples=["RO14LIMP0000000000000001"]
    )


class CancellationUndoneOut(_Answer):
    """The service goes on."""

    last_day: date = Field(description="It would have ended after this day")
