"""What does an agent see of disputes and of a debt in parts, in the agent's words?"""

from __future__ import annotations

from collections.abc import Sequence

from billing_backend.contract import (
    DisputeSummary,
    Explanation,
    ExtensionRefused,
    Instalment,
    InstalmentChoices,
    ServiceState,
)
from handoff.desk import formats
from handoff.desk.shapes import (
    Amount,
    ChargeView,
    DisputesView,
    DisputeView,
    InstalmentsView,
    PartsView,
)
from handoff.desk.texts import label, text

_UNANSWERED = ("open", "under_review")


def disputes_view(
    disputes: Sequence[DisputeSummary], explanation: Explanation | None, language: str
) -> DisputesView:
    """The account's disputes, and what of the newest invoice can be disputed."""
    invoice = None if explanation is None else explanation.current
    lines = () if invoice is None else invoice.lines
    return DisputesView(
        disputes=[_dispute(each, language) for each in disputes],
        invoice=None if invoice is None else invoice.number,
        charges=[
            ChargeView(
                line_id=line.line_id,
                text=f"{line.description[language]}: {formats.money(line.gross, language)}",
            )
            for line in lines
            if line.line_id is not None and line.gross.minor > 0
        ],
    )


def instalments_view(
    choices: InstalmentChoices | ExtensionRefused, language: str
) -> InstalmentsView:
    if isinstance(choices, ExtensionRefused):
        minimum = choices.minimum
        why = label("extension", choices.reason, language)
        if minimum is not None:
            why = text("instalments.too_small", language, minimum=formats.money(minimum, language))
        return InstalmentsView(plans=[], text=why)
    return InstalmentsView(
        plans=[PartsView(parts=len(plan), text=_plan(plan, language)) for plan in choices.plans],
        text=text("instalments.allowed", language, amount=formats.money(choices.amount, language)),
    )


def service_text(state: ServiceState, language: str) -> str | None:
    """Whether the service is suspended or about to be; None when there is nothing to say."""
    amount = formats.money(state.to_pay, language)
    if state.state == "suspended" and state.since is not None:
        since = formats.day(state.since, language)
        return text("service.suspended", language, since=since, amount=amount)
    if state.suspends_on is not None:
        day = formats.day(state.suspends_on, language)
        return text("service.announced", language, day=day, amount=amount)
    return None


def _dispute(dispute: DisputeSummary, language: str) -> DisputeView:
    names = [line.get(language, "") for line in dispute.lines]
    about = ", ".join(dict.fromkeys(names)) or text("dispute.whole", language)
    return DisputeView(
        number=dispute.number,
        state=dispute.state,
        state_text=label("dispute_state", dispute.state, language),
        text=f"{about}, {dispute.invoice_number}",
        amount=Amount(
            minor=dispute.amount.minor,
            currency=dispute.amount.currency,
            text=formats.money(dispute.amount, language),
        ),
        reason=label("dispute_reason", dispute.reason, language),
        words=dispute.words,
        answer_by=dispute.answer_by,
        answer_text=text(
            "dispute.answer_by", language, day=formats.day(dispute.answer_by, language)
        ),
        open=dispute.state in _UNANSWERED,
    )


def _plan(plan: Sequence[Instalment], language: str) -> str:
    return "; ".join(
        f"{formats.money(part.amount, language)}, {formats.day(part.due_on, language)}"
        for part in plan
    )
