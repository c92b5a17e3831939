"""A photo, a voice note, an edited message, a group chat: what can we say to it?"""

from __future__ import annotations

from bot.actions.job import Job


async def unsupported(job: Job) -> None:
    """Polite, with what would work; an old button is told apart from a picture."""
    if job.message.kind == "button":
        job.say("utter_old_button")
    elif job.message.data.get("media"):
        job.say("utter_media_only")
    else:
        job.say(_KINDS.get(job.message.text, "utter_unsupported"))


_KINDS = {"edited": "utter_unsupported_edited", "group": "utter_unsupported_group"}
