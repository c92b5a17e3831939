"""What is a Telegram update taken for?"""

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.message import Channel, Inbound, Kind, Media
from bot.channels.telegram.payloads import Press, parse, pressed_button

Payload = Callable[[str], bytes]


def parsed(payload: Payload, name: str) -> Inbound | None:
    return parse(json.loads(payload(f"telegram/{name}.json")))


@pytest.mark.parametrize(
    ("name", "kind", "text"),
    [
        ("start", Kind.BEGIN, ""),
        ("text", Kind.TEXT, "De ce e factura mai mare luna asta?"),
        ("help_command", Kind.COMMAND, "help"),
        ("voice_note", Kind.MEDIA, "voice"),
        ("sticker", Kind.MEDIA, "sticker"),
        ("photo_with_caption", Kind.MEDIA, "photo"),
        ("edited_message", Kind.MEDIA, "edited"),
        ("group_command", Kind.MEDIA, "group"),
        ("button", Kind.BUTTON, "k3J9xQ2m"),
        ("button_on_old_message", Kind.BUTTON, "oldoldol"),
        ("blocked_by_user", Kind.HANGUP, ""),
        ("let_in_again", Kind.RETURN, ""),
        ("added_to_group", Kind.MEDIA, "group"),
        ("added_to_channel", Kind.MEDIA, "group"),
        ("location", Kind.MEDIA, "location"),
    ],
)
def test_each_recorded_update_is_understood(
    payload: Payload, name: str, kind: Kind, text: str
) -> None:
    inbound = parsed(payload, name)
    assert inbound is not None
    assert (inbound.channel, inbound.kind, inbound.text) == (Channel.TELEGRAM, kind, text)
    assert inbound.sender == "700100201"


@pytest.mark.parametrize(
    "name",
    [
        "group_talk",
        "pinned_service_message",
        "channel_post",
        "live_location_moves",
        "removed_from_group",
    ],
)
def test_what_is_not_a_conversation_is_ignored(payload: Payload, name: str) -> None:
    assert parsed(payload, name) is None


def test_a_caption_and_the_profile_language_come_along(payload: Payload) -> None:
    inbound = parsed(payload, "photo_with_caption")
    assert inbound is not None
    assert (inbound.caption, inbound.language_hint) == ("factura de pe hârtie", "ro")


def test_a_group_is_refused_in_the_group_and_not_in_the_senders_own_chat(payload: Payload) -> None:
    inbound = parsed(payload, "group_command")
    assert inbound is not None
    assert inbound.address == "-1001700100900"


@pytest.mark.parametrize(
    ("name", "phone", "own"),
    [
        ("contact_own", "+40722100201", True),
        ("contact_of_another", "+40722100202", False),
        # a forwarded card tells a number that may have changed hands since
        ("contact_own_forwarded", "+40722100299", False),
    ],
)
def test_a_shared_contact_is_own_only_when_it_is_the_senders(
    payload: Payload, name: str, phone: str, own: bool
) -> None:
    inbound = parsed(payload, name)
    assert inbound is not None
    assert (inbound.kind, inbound.contact_phone, inbound.contact_is_own) == (
        Kind.CONTACT,
        phone,
        own,
    )


def test_a_group_is_one_message_however_much_is_said_in_it(payload: Payload) -> None:
    added, command = (
        json.loads(payload(f"telegram/{name}.json")) for name in ("added_to_group", "group_command")
    )
    command["message"]["chat"]["id"] = added["my_chat_member"]["chat"]["id"]
    first, then = parse(added), parse(command)
    assert first is not None
    assert then is not None
    assert first.provider_message_id == then.provider_message_id


@pytest.mark.parametrize(
    ("name", "media"),
    [
        ("photo_with_caption", Media("AgACAgQAAxkBAAIBZ3", "image/jpeg", 98411)),
        ("voice_note", Media("AwACAgQAAxkBAAIB", "audio/ogg", 16221)),
        ("document", Media("BQACAgQAAxkBAAIC", "application/pdf", 88211, "factura mea.pdf")),
        ("sticker", Media("CAACAgIAAxkBAAIB", "image/webp", 27000)),
        ("video_note", Media("DQACAgQAAxkBAAIB", "video/mp4", 402113)),
    ],
)
def test_of_a_file_is_kept_where_it_is_and_nothing_more(
    payload: Payload, name: str, media: Media
) -> None:
    inbound = parsed(payload, name)
    assert inbound is not None
    assert inbound.media == (media,)


@pytest.mark.parametrize("photo", [[], "x", [{"file_id": ""}], [{"file_size": 3}], 7])
def test_a_file_that_cannot_be_read_is_a_picture_all_the_same(
    payload: Payload, photo: object
) -> None:
    update = json.loads(payload("telegram/photo_with_caption.json"))
    update["message"]["photo"] = photo
    inbound = parse(update)
    assert inbound is not None
    assert (inbound.text, inbound.media) == ("photo", ())


def test_a_place_is_kept_as_it_was_shared(payload: Payload) -> None:
    inbound = parsed(payload, "location")
    assert inbound is not None
    assert (inbound.place, inbound.media) == ("44.426800,26.102500", ())


def test_changed_words_are_kept_for_a_person_with_what_they_change(payload: Payload) -> None:
    inbound = parsed(payload, "edited_message")
    original = json.loads(payload("telegram/edited_message.json"))["edited_message"]
    assert inbound is not None
    assert inbound.edits == f"{original['chat']['id']}:{original['message_id']}"
    assert inbound.caption == original["text"]


def test_a_correction_typed_right_after_is_no_edit(payload: Payload) -> None:
    update = json.loads(payload("telegram/text.json"))
    update["message"] |= {"message_id": update["message"]["message_id"] + 1, "text": "*factura"}
    inbound = parse(update)
    assert inbound is not None
    assert (inbound.kind, inbound.text, inbound.edits) == (Kind.TEXT, "*factura", None)


@pytest.mark.parametrize(
    ("typed", "carried"),
    [
        ("/start", ""),
        ("/start abc_DEF-123", "abc_DEF-123"),
        ("/start " + "a" * 64, "a" * 64),
        ("/start " + "a" * 65, ""),  # longer than Telegram lets a link carry
        ("/start două cuvinte", ""),
        ("/start ș", ""),
    ],
)
def test_what_a_link_carried_comes_with_the_start(
    payload: Payload, typed: str, carried: str
) -> None:
    update = json.loads(payload("telegram/text.json"))
    update["message"]["text"] = typed
    inbound = parse(update)
    assert inbound is not None
    assert (inbound.kind, inbound.start) == (Kind.BEGIN, carried)


def test_a_button_pressed_by_somebody_else_is_not_handed_in(payload: Payload) -> None:
    update = json.loads(payload("telegram/button.json"))
    update["callback_query"]["from"]["id"] += 1
    assert parse(update) is None
    assert pressed_button(update) is not None


def test_the_same_message_has_the_same_id_in_another_update(payload: Payload) -> None:
    update = json.loads(payload("telegram/text.json"))
    again = {**update, "update_id": update["update_id"] + 40}
    assert parse(update) == parse(again)


def test_an_edit_is_another_message_than_what_it_edits(payload: Payload) -> None:
    first, edit = parsed(payload, "text"), parsed(payload, "edited_message")
    assert first is not None
    assert edit is not None
    assert first.provider_message_id != edit.provider_message_id


@pytest.mark.parametrize(
    ("typed", "kind", "text"),
    [
        ("/restart", Kind.TEXT, "/restart"),
        ('/accept_offer{"offer_id":"1"}', Kind.TEXT, '/accept_offer{"offer_id":"1"}'),
        ("/start ref42", Kind.BEGIN, ""),
        ("/limba", Kind.COMMAND, "language"),
        ("/STOP", Kind.COMMAND, "stop"),
        ("/helpless", Kind.TEXT, "/helpless"),
        (" /start", Kind.TEXT, " /start"),
    ],
)
def test_only_our_own_commands_are_commands(
    payload: Payload, typed: str, kind: Kind, text: str
) -> None:
    update = json.loads(payload("telegram/text.json"))
    update["message"]["text"] = typed
    inbound = parse(update)
    assert inbound is not None
    assert (inbound.kind, inbound.text) == (kind, text)


def test_half_an_emoji_and_nul_are_mended(payload: Payload) -> None:
    inbound = parsed(payload, "half_emoji")
    assert inbound is not None
    assert inbound.text == "salut \ufffd!"


def test_only_a_pressed_button_has_a_spinner_to_stop(payload: Payload) -> None:
    pressed = pressed_button(json.loads(payload("telegram/button.json")))
    assert pressed is not None
    assert (pressed.query_id, pressed.token) == ("3006957443410983211", "k3J9xQ2m")
    assert pressed.chat_id == 700100201
    assert pressed.message_id is not None
    assert pressed_button(json.loads(payload("telegram/text.json"))) is None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)
names = st.sampled_from(
    ["message", "edited_message", "callback_query", "my_chat_member", "from", "chat", "id", "text",
     "type", "message_id", "contact", "user_id", "phone_number", "data", "photo", "update_id"]
)  # fmt: skip
updates = st.recursive(
    json_values, lambda inner: st.dictionaries(names, inner, max_size=6), max_leaves=20
)


@given(updates)
def test_no_update_makes_the_parser_fail(update: object) -> None:
    assert parse(update) is None or isinstance(parse(update), Inbound)
    assert pressed_button(update) is None or isinstance(pressed_button(update), Press)


@given(st.data())
def test_no_damaged_update_makes_the_parser_fail(data: st.DataObject) -> None:
    update = {
        "update_id": 1,
        "message": {
            "message_id": 2,
            "from": {"id": 3},
            "chat": {"id": 3, "type": "private"},
            "text": data.draw(st.text(st.characters(), max_size=30)),
            "contact": data.draw(json_values),
        },
    }
    field = data.draw(st.sampled_from(["message_id", "from", "chat", "text", "contact", "photo"]))
    update["message"][field] = data.draw(json_values)  # type: ignore[index]
    inbound = parse(update)
    assert inbound is None or inbound.text == inbound.text.encode().decode()
