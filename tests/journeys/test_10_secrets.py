"""What customers must not lose by talking with us is nowhere afterwards: not in the database, not
in Rasa's memory, not in logs, not in metrics."""

from __future__ import annotations

import re
from dataclasses import dataclass

import httpx
import psycopg
from psycopg import sql

from limpede.database import plain
from limpede.postgres import EmbeddedPostgres
from tests.journeys.people import Devices, Product

CARD = "4111 1111 1111 1111"  # Luhn holds; everybody's test card
IBAN = "RO49 AAAA 1B31 0075 9384 0000"  # the example of the IBAN registry
CNP = "1800101221144"
WRONG_CODE = "918273"
# Harmless words that must be found: a search that finds nothing at all proves nothing.
CONTROL = "ananasul meu"


@dataclass(frozen=True)
class Place:
    """Somewhere that a secret could lie, with all that is in it."""

    name: str
    text: str

    def holds(self, secret: str) -> bool:
        """Digits count with any gaps between them, but not as part of a longer number."""
        plain_secret = secret.replace(" ", "")
        spaced = r"[ \-.]?".join(map(re.escape, plain_secret))
        return re.search(rf"(?<![\w.-]){spaced}(?![\w-])", self.text) is not None


def look(product: Product) -> list[Place]:
    server = EmbeddedPostgres(product.var / "postgres")
    with psycopg.connect(plain(server.start())) as connection:  # it runs already: adopted
        tables = connection.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('public', 'rasa')"
        ).fetchall()
        places = [
            Place(f"{schema}.{table}", _whole(connection, schema, table))
            for schema, table in tables
        ]
    shown = {"Authorization": f"Bearer {product.api_token()}"}
    metrics = httpx.get(f"{product.url}/metrics", headers=shown).raise_for_status().text
    return [*places, Place("log", product.log.read_text()), Place("metrics", metrics)]


def _whole(connection: psycopg.Connection, schema: str, table: str) -> str:
    rows = connection.execute(
        sql.SQL("SELECT t::text FROM {}.{} AS t").format(
            sql.Identifier(schema), sql.Identifier(table)
        )
    )
    return "\n".join(row[0] for row in rows)


def test_planted_secrets_are_found_nowhere(
    product: Product, devices: Devices, cast: dict[str, dict[str, str]]
) -> None:
    ana, bogdan, carmen = devices.telegram("ana"), devices.sms("bogdan"), devices.phone("carmen")
    ana.starts("ro")
    ana.does(contact="own")
    ana.hears(r"\bcod")
    ana.writes(WRONG_CODE)
    ana.listens()
    right_code = devices.sms("ana").code()
    ana.writes(right_code)
    ana.listens()
    for words in (f"plătiți de pe cardul {CARD}", f"contul meu e {IBAN}", f"CNP {CNP}", CONTROL):
        ana.writes(words)
        ana.listens()
    bogdan.writes(f"am plătit cu cardul {CARD}, CNP-ul meu este {CNP}")
    bogdan.listens()
    carmen.calls()
    carmen.says("română")
    carmen.says("cât am de plată")
    carmen.keys(cast["carmen"]["customer_number"])
    carmen.keys(cast["carmen"]["pin"])
    carmen.says(f"cardul meu este {CARD}")
    carmen.hangs_up()

    places = look(product)
    for secret in (CARD, IBAN, CNP, WRONG_CODE, right_code):
        assert [place.name for place in places if place.holds(secret)] == []
    # Four digits are everywhere; what was keyed in could only lie where words lie.
    pin = cast["carmen"]["pin"]
    words = [each for each in places if each.name.endswith(("message", "events", "log"))]
    assert [place.name for place in words if place.holds(pin)] == []
    found = {place.name for place in places if CONTROL in place.text}
    assert {"public.inbound_message", "rasa.events"} <= found
    assert "log" not in found
    assert {place.name for place in places if place.holds(cast["bogdan"]["phone"])} <= {
        "public.contact",
        "public.conversation",
        "public.failed_try",
        "public.one_time_code",
    }
