"""Is every word of the simulator's page there in both languages, and every control named?"""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

from bot.channels.simulator.page_routes import FILES, FOLDER

HTML = (FOLDER / "index.html").read_text(encoding="utf-8")
CHECKOUT = (FOLDER / "checkout.html").read_text(encoding="utf-8")
SCRIPT = (FOLDER / "simulator.js").read_text(encoding="utf-8")
WORDS: dict[str, list[str]] = json.loads(
    HTML.split('<script type="application/json" id="words">')[1].split("</script>")[0]
)
STATES = ("idle", "speaking", "listening", "waiting in queue", "connected", "ended")
EVENTS = ("queued", "connected", "ended", "error", "played")


class Page(HTMLParser):
    """Collects what the tests ask about."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(HTML)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_every_word_that_the_page_shows_is_in_its_table() -> None:
    in_page = {
        value
        for _, attributes in Page().tags
        for name, value in attributes.items()
        if name in ("data-t", "data-t-label", "data-t-placeholder")
    }
    in_script = set(re.findall(r'\bt\("([a-z_]+)"', SCRIPT))
    made = {f"state_{one}" for one in STATES} | {f"event_{one}" for one in EVENTS}

    assert (in_page | in_script | made) - set(WORDS) == set()


def test_every_word_is_there_in_romanian_and_english() -> None:
    for name, translations in WORDS.items():
        assert len(translations) == 2, name
        assert all(text.strip() for text in translations), name


def test_romanian_has_commas_below_and_no_cedillas() -> None:
    assert not re.search("[ŞşŢţ]", HTML)


def test_every_control_has_a_name_that_is_read_out() -> None:
    named_by_text = {"call"}  # its word follows the state of the call
    for tag, attributes in Page().tags:
        if tag in ("button", "input", "summary"):
            named = {"data-t", "data-t-label", "lang"} & set(attributes)
            special = attributes.get("id") in named_by_text | {"withheld", "block"}
            assert named or special, attributes


def test_nothing_comes_from_elsewhere() -> None:
    for _, attributes in Page().tags:
        for name in ("src", "href"):
            address = attributes.get(name)
            assert address is None or address.startswith("/"), address
    used = re.findall(r"/simulator/page/[\w.]+", HTML + CHECKOUT)
    assert {one.rsplit("/", 1)[1] for one in used} == set(FILES)
