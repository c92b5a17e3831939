"""Which language does the customer want to speak?"""

from __future__ import annotations

from bot.actions.asking import ask_again
from bot.actions.job import Job

_LANGUAGES = ("ro", "en")


async def change_language(job: Job) -> None:
    """Chosen once, it stays, whatever language single words look like."""
    wanted = job.entities.get("language_name")
    if wanted not in _LANGUAGES:
        job.say("utter_ask_language")
        if job.conversation.expects is None:
            job.expect("language")
        return
    job.conversation.language = wanted
    job.conversation.language_source = "chosen"
    if job.conversation.expects == "language":
        job.expect(None)
    job.say("utter_language_chosen")
    ask_again(job)
