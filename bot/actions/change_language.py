"""Which language does the customer want to speak?"""

from __future__ import annotations

from bot import language
from bot.actions.asking import ask_again
from bot.actions.job import Job
from bot.nlu.choosing import LANGUAGES


async def change_language(job: Job) -> None:
    """Chosen once, it stays, whatever single words or a sentence look like."""
    wanted = job.entities.get("language_name")
    if wanted not in LANGUAGES:
        job.say("utter_ask_language")
        if job.conversation.expects is None:
            job.expect("language")
        return
    language.choose(job.conversation, wanted)
    if job.conversation.expects == "language":
        job.expect(None)
    job.say("utter_language_chosen")
    ask_again(job)
