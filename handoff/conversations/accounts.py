"""Of which account is a conversation with a customer who has several?

Kept with the dialogue on our side, like everything that must be believed. It counts for the
customer for whom it was chosen and for nobody who proves to be somebody else later.
"""

from __future__ import annotations

from uuid import UUID

from billing_backend.contract import AccountSummary, CustomerFacts
from handoff.conversations.models import Conversation

KEPT_AS = "account"


def chosen(conversation: Conversation, customer: CustomerFacts) -> AccountSummary | None:
    """The account that was chosen in this conversation; None when none was."""
    kept = conversation.dialogue.get(KEPT_AS) or {}
    if kept.get("customer") != str(customer.customer_id):
        return None
    for account in customer.accounts:
        if str(account.account_id) == kept["account"]:
            return account
    return None


def choose(conversation: Conversation, customer: CustomerFacts, account_id: UUID) -> None:
    """From now on the conversation is of this account."""
    kept = {"customer": str(customer.customer_id), "account": str(account_id)}
    conversation.dialogue = {**conversation.dialogue, KEPT_AS: kept}


def spoken_of(conversation: Conversation, customer: CustomerFacts) -> CustomerFacts:
    """The customer with the chosen account, or with their first."""
    account = chosen(conversation, customer)
    return customer if account is None else customer.on(account)
