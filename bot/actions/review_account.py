"""Something is said to be wrong on the account: is it, and can we put it right at once?

The review decides, not the wording: a proven error of ours is corrected on the spot up to the
assistant's limit, above it by a person. When nothing is found the customer may want a person.
"""

from __future__ import annotations

from collections.abc import Sequence

from billing_backend.contract import AboveLimit, AlreadyCorrected, Corrected, Finding
from bot.actions import pending
from bot.actions.job import ASSISTANT, Job
from bot.actions.proof import freshly_verified


@freshly_verified
async def review_account(job: Job) -> None:
    customer = await job.customer()
    findings = await job.billing.review(job.session, customer.account_id, today=job.today)
    if findings:
        await correct(job, findings)
    else:
        say_clean(job)


async def correct(job: Job, findings: Sequence[Finding]) -> None:
    """Correct what the review found and say so; hands over what is above the limit."""
    customer = await job.customer()
    last: Corrected | None = None
    for finding in findings:
        outcome = await job.billing.correct(
            job.session,
            customer.account_id,
            finding.finding_id,
            authority=ASSISTANT,
            key=job.key(f"correct:{finding.finding_id}"),
            now=job.now,
        )
        if isinstance(outcome, AlreadyCorrected):
            job.say(
                "utter_already_corrected", amount=outcome.amount, invoice=outcome.invoice_number
            )
            continue
        _say_found(job, finding)
        if isinstance(outcome, AboveLimit):
            _say_above(job, finding, outcome)
            await job.hand_over(
                "correction_above_limit", finding=finding.kind, finding_id=finding.finding_id
            )
            return
        _say_corrected(job, finding, outcome)
        last = outcome
    if last is not None and last.balance_due != last.new_total:
        job.say("utter_balance_after_correction", balance=last.balance_due)


def _say_found(job: Job, finding: Finding) -> None:
    if finding.kind in _PAYMENTS:
        job.say(_PAYMENTS[finding.kind], amount=finding.amount)
        return
    name = job.in_language(finding.evidence.get("name"))
    response = _FOUND.get(finding.kind)
    if response and name:
        job.say(response, name=name, amount=finding.amount)
    else:
        job.say("utter_found_error", amount=finding.amount)


def _say_above(job: Job, finding: Finding, outcome: AboveLimit) -> None:
    """A payment is above no limit: somebody else would owe again, so a person looks first."""
    if finding.kind == "payment_on_another_account":
        job.say("utter_payment_needs_person")
    else:
        job.say("utter_correction_above_limit", amount=outcome.amount)


def _say_corrected(job: Job, finding: Finding, outcome: Corrected) -> None:
    if finding.kind in _PAYMENTS:
        job.say("utter_payment_allocated", invoice=outcome.invoice_number)
        return
    job.say(
        "utter_corrected",
        amount=outcome.amount,
        credit_note=outcome.credit_note_number,
        invoice=outcome.invoice_number,
        new_total=outcome.new_total,
    )


def say_clean(job: Job) -> None:
    """Nothing is wrong; a person may look at it all the same."""
    job.say(_NOTHING_FOUND.get(job.intent or "", "utter_review_clean"))
    pending.ask(job, "person", topic=job.intent)


_PAYMENTS = {
    "payment_not_allocated": "utter_found_payment",
    "payment_on_another_account": "utter_found_payment_elsewhere",
}
_FOUND = {
    "duplicate_charge": "utter_found_duplicate_charge",
    "price_above_agreement": "utter_found_price_above_agreement",
    "promised_discount_missing": "utter_found_promised_discount_missing",
    "charged_after_cancellation": "utter_found_charged_after_cancellation",
    "add_on_not_ordered": "utter_found_add_on_not_ordered",
    "wrong_proration": "utter_found_wrong_proration",
    "wrong_tax_rate": "utter_found_wrong_tax_rate",
    "late_fee_unjustified": "utter_found_late_fee_unjustified",
}
_NOTHING_FOUND = {
    "report_missing_payment": "utter_review_no_payment",
    "request_refund": "utter_review_no_refund",
}
