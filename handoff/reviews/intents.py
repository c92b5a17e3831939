"""Which meanings may an agent give to a message, by family? The order of docs/intents.md.

Their titles and definitions are in handoff/desk/texts.yml. What the server or a button makes
(`begin`, `provide_code` ...) is never the meaning of words and is not here.
"""

from __future__ import annotations

from collections.abc import Mapping

OUT_OF_SCOPE = "out_of_scope"

FAMILIES: Mapping[str, tuple[str, ...]] = {
    "billing": (
        "check_balance",
        "check_due_date",
        "view_bill",
        "explain_bill",
        "dispute_charge",
        "report_duplicate_charge",
        "change_billing_cycle",
        "change_bill_delivery",
        "ask_fees",
        "ask_promotions",
    ),
    "payment": (
        "pay_bill",
        "ask_payment_methods",
        "update_payment_method",
        "setup_autopay",
        "cancel_autopay",
        "request_payment_extension",
        "request_payment_plan",
        "check_payment_status",
        "report_missing_payment",
        "report_payment_problem",
        "check_payment_history",
        "request_refund",
        "check_refund_status",
        "request_discount",
    ),
    "account": ("update_contact_details", "account_access"),
    "service": (
        "change_plan",
        "ask_plan_info",
        "start_service",
        "cancel_service",
        "restore_service",
        "report_technical_issue",
        "check_usage",
    ),
    "dialogue": (
        "talk_to_human",
        "file_complaint",
        "greet",
        "goodbye",
        "thank",
        "affirm",
        "deny",
        "bot_challenge",
        "ask_capabilities",
        "request_callback",
        "repeat",
        "never_mind",
        "change_language",
        "inform",
    ),
}
# Beside the families, because it has a button of its own: "nothing for us".
INTENTS = frozenset(name for names in FAMILIES.values() for name in names) | {OUT_OF_SCOPE}
