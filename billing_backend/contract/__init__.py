"""What do the bot and the desk need of billing?

Plain values and one protocol, a file for each subject. The built-in backend
(billing_backend/backend) is its first implementation; another billing system can stand behind
it. Every method gets the caller's session and never commits; every change of money gets an
idempotency key, and a repeated key answers its first result. `now` is the caller's clock, aware;
days are business days.
"""

from billing_backend.contract.accounts import (
    AccountSummary,
    Balance,
    CompanyFacts,
    CustomerFacts,
)
from billing_backend.contract.arrangements import (
    ArrangementSummary,
    ExtensionChoices,
    ExtensionRefused,
    Instalment,
    InstalmentChoices,
)
from billing_backend.contract.authority import (
    AboveLimit,
    Authority,
    Signed,
    Tier,
)
from billing_backend.contract.corrections import (
    AlreadyCorrected,
    Corrected,
    Credited,
    CreditRefused,
    Finding,
)
from billing_backend.contract.debts import (
    Fees,
    Restored,
    ServiceState,
)
from billing_backend.contract.discounts import (
    DiscountOffer,
    DiscountRefused,
    Granted,
    GrantSummary,
    OfferGone,
)
from billing_backend.contract.disputes import (
    DisputeOpened,
    DisputeRefused,
    DisputeSummary,
    DisputeUpheld,
)
from billing_backend.contract.documents import (
    DocumentFile,
    DocumentLink,
    DocumentRefused,
)
from billing_backend.contract.identity import (
    CodeIssued,
    Identification,
    Level,
    LockedOut,
    Verified,
    WrongSecret,
)
from billing_backend.contract.invoices import (
    Cause,
    CreditedBefore,
    Explanation,
    InvoiceFacts,
    InvoiceLineFacts,
    Which,
)
from billing_backend.contract.notices import (
    Notice,
    NoticeChoices,
)
from billing_backend.contract.payments import (
    LinkRefused,
    NotPaid,
    PaidByLink,
    PaymentFacts,
    PaymentLinkFacts,
    PaymentProgress,
    RefundFacts,
    RefundRefused,
    RefundsRequested,
)
from billing_backend.contract.protocol import Billing
from billing_backend.contract.services import (
    CancellationUndone,
    ChangeDone,
    ChangePreview,
    ChangeRefused,
    NextInvoice,
    Offering,
    PlanComparison,
    PlanCost,
    ScheduledChange,
    Services,
    ServiceSummary,
    UndoRefused,
    UsageSummary,
    Wish,
)

__all__ = [
    "AboveLimit",
    "AccountSummary",
    "AlreadyCorrected",
    "ArrangementSummary",
    "Authority",
    "Balance",
    "Billing",
    "CancellationUndone",
    "Cause",
    "ChangeDone",
    "ChangePreview",
    "ChangeRefused",
    "CodeIssued",
    "CompanyFacts",
    "Corrected",
    "CreditRefused",
    "Credited",
    "CreditedBefore",
    "CustomerFacts",
    "DiscountOffer",
    "DiscountRefused",
    "DisputeOpened",
    "DisputeRefused",
    "DisputeSummary",
    "DisputeUpheld",
    "DocumentFile",
    "DocumentLink",
    "DocumentRefused",
    "Explanation",
    "ExtensionChoices",
    "ExtensionRefused",
    "Fees",
    "Finding",
    "GrantSummary",
    "Granted",
    "Identification",
    "Instalment",
    "InstalmentChoices",
    "InvoiceFacts",
    "InvoiceLineFacts",
    "Level",
    "LinkRefused",
    "LockedOut",
    "NextInvoice",
    "NotPaid",
    "Notice",
    "NoticeChoices",
    "OfferGone",
    "Offering",
    "PaidByLink",
    "PaymentFacts",
    "PaymentLinkFacts",
    "PaymentProgress",
    "PlanComparison",
    "PlanCost",
    "RefundFacts",
    "RefundRefused",
    "RefundsRequested",
    "Restored",
    "ScheduledChange",
    "ServiceState",
    "ServiceSummary",
    "Services",
    "Signed",
    "Tier",
    "UndoRefused",
    "UsageSummary",
    "Verified",
    "Which",
    "Wish",
    "WrongSecret",
]
