"""What does the desk's API answer? Plain values, worded for agents in their language."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field


class Amount(BaseModel):
    """Money: integer minor units, and as agents read it."""

    minor: int
    currency: str
    text: str


class AgentView(BaseModel):
    id: UUID
    name: str
    email: str
    role: str
    language: str
    phone: str | None
    available: Annotated[bool, Field(description="whether new cases may come to this agent")]


class SignedInView(BaseModel):
    agent: AgentView
    token: Annotated[
        str, Field(description="for scripts: `Authorization: Bearer <token>`; lasts 12 hours")
    ]
    csrf: Annotated[str, Field(description="browsers send it as X-CSRF-Token with every change")]


class Line(BaseModel):
    """A case in a list."""

    case_id: UUID
    number: int
    state: str
    reason: str
    reason_text: str
    urgent: bool
    channel: str
    language: str
    customer: str
    level: str
    place: Annotated[int | None, Field(description="1 is next; null once it is with an agent")]
    waited_seconds: int
    callback: Annotated[bool, Field(description="wants to be called or written to")]
    last_said: str
    agent: str | None = None


class UndeliveredView(BaseModel):
    """A message that did not arrive, or of which nobody knows. state: failed or unknown."""

    message_id: UUID
    case_id: Annotated[UUID | None, Field(description="where its conversation is open at the desk")]
    state: str
    channel: str
    customer: str
    phone: Annotated[str | None, Field(description="the number to call, if known")]
    moment: str
    text: str
    reason: str
    reason_text: str
    advice_text: str


class QueueView(BaseModel):
    now: datetime
    available: bool
    waiting: list[Line]
    mine: list[Line]
    others: Annotated[list[Line], Field(description="with colleagues")]
    undelivered: Annotated[list[UndeliveredView], Field(description="the newest first")] = []


class FileView(BaseModel):
    """What a customer sent; `url` opens it for whoever is signed in."""

    url: str
    name: str
    image: bool


class Message(BaseModel):
    """One line of the conversation. speaker: customer, bot, queue, agent or notice; status of
    outgoing words: queued, sending, sent, delivered, failed, unknown."""

    position: int
    id: UUID
    at: datetime
    time: str
    speaker: str
    name: str | None
    kind: str
    text: str
    buttons: list[str]
    status: str
    failure_text: Annotated[str | None, Field(description="why it did not arrive")] = None
    sent: Annotated[
        str | None, Field(description="instead of words: photo, voice, document, location ...")
    ] = None
    files: list[FileView] = []
    place: Annotated[str | None, Field(description="latitude,longitude")] = None


class TalkView(BaseModel):
    """Another conversation with the same customer, to be read: nothing is written there."""

    conversation_id: UUID
    channel: str
    title: Annotated[str, Field(description="the channel, and when something was said last")]
    live: Annotated[bool, Field(description="the customer may still write there")]
    messages: list[Message]


class AccountChoice(BaseModel):
    """One of the customer's accounts; `shown` is the one that this view and its changes are of."""

    account_id: UUID
    text: str
    shown: bool


class CompanyView(BaseModel):
    name: str
    tax_id: Annotated[str, Field(description="CUI")]
    iban: str | None


class CustomerView(BaseModel):
    customer_id: UUID
    name: str
    number: str
    phone: str
    language: str
    plan: str
    since: date
    since_text: str
    company: CompanyView | None = None
    accounts: Annotated[
        list[AccountChoice], Field(description="more than one only where there are several")
    ] = []


class IdentityView(BaseModel):
    level: str
    level_text: str
    method: str | None
    method_text: str | None
    verified_at: datetime | None
    verified_text: str | None
    fresh: bool


class DiscountView(BaseModel):
    grant_id: UUID
    text: str
    granted_by: str
    months_left: int
    worth: Amount


class BalanceView(BaseModel):
    due: Amount
    overdue: Amount
    credit: Amount
    due_date: date | None
    due_text: str | None
    days_overdue: int
    open_invoices: int
    discounts: list[DiscountView]
    arrangement: str | None
    payable_by_link: bool


class CauseView(BaseModel):
    kind: str
    text: str
    amount: Amount


class InvoiceView(BaseModel):
    number: str
    issued_on: date
    due_on: date
    total: Amount
    outstanding: Amount
    state: str
    state_text: str
    difference: Amount | None
    causes: Annotated[list[CauseView], Field(description="they sum exactly to `difference`")]
    chat_link: Annotated[
        str | None, Field(description="opens the invoice in the customer's Telegram")
    ] = None


class FindingView(BaseModel):
    finding_id: str
    kind: str
    text: str
    invoice: str
    amount: Amount


class OfferView(BaseModel):
    """What this agent could grant now; `refusal` says why not."""

    rule_id: str | None
    percent_bp: int | None
    months: int | None
    amount: Amount | None
    text: str
    refusal: str | None = None


class ExtensionView(BaseModel):
    allowed: bool
    amount: Amount | None
    dates: list[date]
    latest: date | None
    text: str


class DisputeView(BaseModel):
    """`open`: it may still be answered."""

    number: str
    state: str
    state_text: str
    text: str
    amount: Amount
    reason: str
    words: str
    answer_by: date
    answer_text: str
    open: bool


class ChargeView(BaseModel):
    line_id: UUID
    text: str


class DisputesView(BaseModel):
    disputes: list[DisputeView]
    invoice: str | None
    charges: Annotated[list[ChargeView], Field(description="of the newest invoice")]


class PartsView(BaseModel):
    parts: int
    text: str


class InstalmentsView(BaseModel):
    """What could be paid in parts; without plans, `text` says why not."""

    plans: list[PartsView]
    text: str


class ServiceView(BaseModel):
    """A plan or an option that the account has."""

    code: str
    kind: str
    text: str
    price: Amount


class ScheduledView(BaseModel):
    """A change that has not begun; it can be called off."""

    change_id: UUID
    kind: str
    from_day: date
    text: str


class ChangeChoice(BaseModel):
    """A change that can be previewed: send `kind` and `product_code` as they are."""

    kind: str
    product_code: str | None
    text: str


class ServicesView(BaseModel):
    plan: ServiceView | None
    add_ons: list[ServiceView]
    notes: Annotated[list[str], Field(description="minimum term, cancellation")]
    scheduled: list[ScheduledView]
    choices: list[ChangeChoice]
    may_undo: Annotated[bool, Field(description="the cancellation can still be undone")]


class PreviewView(BaseModel):
    """What a change would do. Confirm with `promise`: then exactly that is done, or refused."""

    promise: str
    text: list[str]
    from_day: date
    fee: Amount | None
    difference: Annotated[Amount | None, Field(description="of the next invoice")]
    next_total: Amount | None
    lines: list[CauseView]


class NoteView(BaseModel):
    at: datetime
    by: str
    text: str


class CallbackView(BaseModel):
    """One try to call the customer back."""

    number: int
    at: datetime
    state: str
    text: str


class GrantedView(BaseModel):
    kind: str
    text: str


class AccountView(BaseModel):
    balance: BalanceView
    invoice: InvoiceView | None
    findings: list[FindingView]
    offers: list[OfferView]
    extension: ExtensionView
    disputes: DisputesView
    instalments: InstalmentsView
    service: Annotated[str | None, Field(description="suspended for debt, or about to be")]
    services: ServicesView


class CaseView(BaseModel):
    """Everything an agent needs, so that the customer repeats nothing."""

    case_id: UUID
    number: int
    state: str
    reason: str
    reason_text: str
    detail: dict[str, Any]
    urgent: bool
    created_at: datetime
    callback: bool
    agent: str | None
    mine: bool
    channel: str
    address_text: Annotated[str | None, Field(description="the number to call, if known")]
    language: str
    call_over: bool
    summary: Annotated[list[str], Field(description="two lines: who, and why")]
    identity: IdentityView
    customer: CustomerView | None
    account: AccountView | None
    granted: list[GrantedView]
    suggested_agreement: Annotated[
        str, Field(description="what was granted, in the customer's language")
    ]
    notes: list[NoteView]
    callbacks: Annotated[list[CallbackView], Field(description="tries to call the customer back")]
    messages: list[Message]
    talks: Annotated[
        list[TalkView], Field(description="what else they said, on other channels or before")
    ] = []


class Done(BaseModel):
    """It is done; `text` says what, in the agent's language."""

    text: str
    message_id: UUID | None = None
