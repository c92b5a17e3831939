"""Which file did a customer send, as Telegram tells it?

Only what it takes to fetch the file later is kept; the bot itself never opens one.
"""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field, ValidationError

from bot.channels.message import Media
from bot.masking import whole

KINDS = (
    "photo", "voice", "audio", "video", "video_note", "animation", "document", "sticker",
    "location", "venue", "poll", "dice", "story", "paid_media", "game", "checklist",
)  # fmt: skip
# A GIF comes as a document too, for old programs: the first name found is the right one.
_MIMES = {
    "photo": "image/jpeg",
    "voice": "audio/ogg",
    "audio": "audio/mpeg",
    "video": "video/mp4",
    "video_note": "video/mp4",
    "animation": "video/mp4",
    "document": "application/octet-stream",
    "sticker": "image/webp",
}

# Python's JSON reader lets half an emoji through; PostgreSQL does not.
Text = Annotated[
    str, BeforeValidator(lambda value: whole(value) if isinstance(value, str) else value)
]


class _File(BaseModel):
    file_id: Text = Field(min_length=1, max_length=256)
    file_size: int | None = Field(None, ge=0, lt=2**63)
    mime_type: Text | None = Field(None, max_length=100)
    file_name: Text | None = None
    is_animated: bool = False
    is_video: bool = False


class _Location(BaseModel):
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)


def kind_of(message: object) -> str | None:
    """The kind of media in a message (decoded JSON); None: none."""
    if not isinstance(message, dict):
        return None
    return next((name for name in KINDS if message.get(name) is not None), None)


def files_of(message: dict[str, Any], kind: str) -> tuple[Media, ...]:
    """Where the file of that kind is kept: one, or none where there is none that we can read."""
    if kind not in _MIMES:
        return ()
    told = message[kind]
    if kind == "photo":  # the same picture in several sizes, the largest last
        told = told[-1] if isinstance(told, list) and told else None
    try:
        file = _File.model_validate(told)
    except ValidationError:
        return ()
    name = (file.file_name or "")[:120]
    return (Media(file.file_id, _mime(file, kind), file.file_size, name),)


def place_of(message: dict[str, Any], kind: str) -> str | None:
    """ "latitude,longitude" of a shared location."""
    told = message[kind].get("location") if kind == "venue" else message.get("location")
    try:
        place = _Location.model_validate(told)
    except ValidationError:
        return None
    return f"{place.latitude:.6f},{place.longitude:.6f}"


def _mime(file: _File, kind: str) -> str:
    if file.is_video:
        return "video/webm"
    if file.is_animated:
        return "application/x-tgsticker"
    return (file.mime_type or _MIMES[kind]).lower()
