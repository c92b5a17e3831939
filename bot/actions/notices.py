"""Which notices does the customer want, and where?"""

from __future__ import annotations

from billing_backend.contract import Level, NoticeChoices
from bot.actions.job import Job
from bot.actions.proof import verified

_CHANNELS = {"telegram": "utter_notices_on_telegram", "sms": "utter_notices_on_sms"}
_TOPICS = {
    "invoices": ("utter_notice_topic_invoices_on", "utter_notice_topic_invoices_off"),
    "due": ("utter_notice_topic_due_on", "utter_notice_topic_due_off"),
    "overdue": ("utter_notice_topic_overdue_on", "utter_notice_topic_overdue_off"),
    "payments": ("utter_notice_topic_payments_on", "utter_notice_topic_payments_off"),
    "arrangements": ("utter_notice_topic_arrangements_on", "utter_notice_topic_arrangements_off"),
    "disputes": ("utter_notice_topic_disputes_on", "utter_notice_topic_disputes_off"),
}


async def notices(job: Job) -> None:
    """`notices` is show, stop, on, off, "channel:sms" or "due:off".

    Stopping them here needs no proof: whoever holds the phone or the chat may say so. What the
    customer gets elsewhere is theirs to say.
    """
    which = job.entities.setdefault("notices", "show")
    proved = (await job.who()).level is Level.VERIFIED
    if which == "stop" or (which == "off" and not proved):
        job.conversation.opted_out_at = job.conversation.opted_out_at or job.now
        job.say("utter_notices_stopped")
    else:
        await _choose(job)


@verified
async def _choose(job: Job) -> None:
    which = job.entities.get("notices", "show")
    topic, _, choice = which.rpartition(":")
    if which == "show":
        await _show(job)
    elif topic == "channel" and choice in _CHANNELS:
        await _choose_channel(job, choice)
    elif choice in ("on", "off") and (not topic or topic in _TOPICS):
        await _choose_topic(job, topic or None, wanted=choice == "on")
    else:
        job.say("utter_old_button")


async def _choose_topic(job: Job, topic: str | None, *, wanted: bool) -> None:
    if wanted:
        job.conversation.opted_out_at = None
    await job.billing.choose_notices(
        job.session,
        (await job.customer()).customer_id,
        topic=topic,
        wanted=wanted,
        stated_in=job.channel,
        now=job.now,
    )
    if topic is None:
        job.say("utter_notices_all_on" if wanted else "utter_notices_all_off")
    else:
        _say_topic(job, topic, wanted)


async def _choose_channel(job: Job, channel: str) -> None:
    await job.billing.choose_notice_channel(
        job.session,
        (await job.customer()).customer_id,
        channel,
        stated_in=job.channel,
        now=job.now,
    )
    job.say(_CHANNELS[channel])


async def _chosen(job: Job) -> NoticeChoices:
    customer = await job.customer()
    return await job.billing.notice_choices(job.session, customer.customer_id)


async def _show(job: Job) -> None:
    chosen = await _chosen(job)
    _say_where(job, chosen)
    for topic in _TOPICS:
        if topic in chosen.wanted:
            _say_topic(job, topic, chosen.wanted[topic])


def _say_where(job: Job, chosen: NoticeChoices) -> None:
    if job.conversation.opted_out_at is not None:
        job.say("utter_notices_stopped")
    job.say(_CHANNELS[chosen.channel] if chosen.channel else "utter_notices_where_written")


def _say_topic(job: Job, topic: str, wanted: bool) -> None:
    on, off = _TOPICS[topic]
    job.say(on if wanted else off)
