"""What did the bot last say, and what could be chosen? By phone, more slowly if that is wished."""

from __future__ import annotations

from bot.actions.asking import ask_again
from bot.actions.hints import asks_for_slower
from bot.actions.job import Job
from handoff.conversations import buttons, outbox
from handoff.conversations.ownership import SLOW


async def repeat(job: Job) -> None:
    """The bot's last words with their choices; without any, the open question. "Slower" holds
    for the rest of the call."""
    if job.by_voice and asks_for_slower(job):
        job.remember(**{SLOW: True})
    last = await outbox.last_words(job.session, job.conversation.id)
    if last is None or not last.text:
        ask_again(job)
        return
    choices = await buttons.of_message(job.session, last.id)
    job.say_again(last.text, tuple(choices))
