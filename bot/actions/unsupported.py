"""A photo, a voice note, an edited message, a group chat: what can we say to it?"""

from __future__ import annotations

from bot.actions.job import Job


async def unsupported(job: Job) -> None:
    """Polite, with what would work; an old button is told apart from a picture."""
    if job.message.kind == "button":
        job.say("utter_old_button")
    elif job.message.text in _KINDS:
        job.say(_KINDS[job.message.text])
    else:
        kept = job.message.data.get("media")
        job.say("utter_unsupported_file" if kept else "utter_unsupported")


_KINDS = {
    "edited": "utter_unsupported_edited",
    "group": "utter_unsupported_group",
    "voice": "utter_unsupported_sound",
    "audio": "utter_unsupported_sound",
    "video_note": "utter_unsupported_sound",
    "sticker": "utter_unsupported_sticker",
    "animation": "utter_unsupported_sticker",
    "dice": "utter_unsupported_sticker",
    "location": "utter_unsupported_location",
    "venue": "utter_unsupported_location",
}
