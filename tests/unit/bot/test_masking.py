"""Does nothing sensitive get stored or logged, and does the rest stay as it was?"""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iban, luhn
from stdnum.ro import cnp

from bot.masking import MAX_TEXT, is_cut, mask, mask_for_logs, take_secret

CARD = "4111111111111111"
CNP = next(f"296010122114{n}" for n in range(10) if cnp.is_valid(f"296010122114{n}"))
IBAN = "RO49AAAA1B31007593840000"


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        (f"cardul meu e {CARD}", "cardul meu e [card]"),
        ("4111 1111 1111 1111 12/27 cod 123", "[card] 12/27 cod 123"),
        ("4111-1111-1111-1111", "[card]"),
        ("4111\u00a01111\u200b1111\u202f1111", "[card]"),
        ("４１１１１１１１１１１１１１１１", "[card]"),
        ("3782 822463 10005", "[card]"),
        (f"nr{CARD}x", "nr[card]x"),
        (f"{CARD} 5555555555554444", "[card] [card]"),
        (f"CNP {CNP}.", "CNP [cnp]."),
        (f"cnp{CNP}ana", "cnp[cnp]ana"),
        (f"plătiți în {IBAN}, mulțumesc", "plătiți în [iban], mulțumesc"),
        ("RO49 AAAA 1B31 0075 9384 0000 va rog", "[iban] va rog"),
        ("ro49aaaa1b31007593840000", "[iban]"),
        ("contul DE89 3704 0044 0532 0130 00", "contul [iban]"),
    ],
)
def test_what_identifies_or_pays_is_taken_out(written: str, stored: str) -> None:
    assert mask(written) == stored


@pytest.mark.parametrize(
    "harmless",
    [
        "factura LMP-2026-000123 de 145,50 lei",
        "sunt clientul 10000003",
        "sunați-mă la 0722 100 201",
        "4111 1111 1111 1112",  # one digit off: no card
        "din 01.12.2026 până la 15.12.2026",
        "RO50AAAA1B31007593840001",  # wrong check digits
        "😀 مرحبا",
        "",
    ],
)
def test_what_billing_talks_about_is_left_alone(harmless: str) -> None:
    assert mask(harmless) == harmless


@given(st.integers(0, 10**14 - 1), st.sampled_from(["", " ", "-"]), st.text("abc ,.", max_size=9))
def test_no_card_is_ever_stored(number: int, gap: str, around: str) -> None:
    body = f"5{number:014d}"
    card = body + luhn.calc_check_digit(body)
    groups = gap.join(card[at : at + 4] for at in range(0, 16, 4))
    stored = mask(f"{around}{groups}{around}")
    assert card not in stored.replace(gap, "") if gap else card not in stored


@given(st.dates(min_value=date(1930, 1, 1), max_value=date(2099, 1, 1)), st.integers(1, 999))
def test_no_personal_code_is_ever_stored(born: date, serial: int) -> None:
    sex = "1" if born.year < 2000 else "5"
    body = f"{sex}{born:%y%m%d}40{serial:03d}"
    code = body + cnp.calc_check_digit(body)
    assert code not in mask(f"CNP-ul meu este {code}, mulțumesc")


@given(st.text("ABCDEFGH0123456789", min_size=16, max_size=16))
def test_no_romanian_iban_is_ever_stored(account: str) -> None:
    body = "INGB" + account
    number = "RO" + iban.calc_check_digits("RO00" + body) + body
    assert number not in mask(f"contul {number}")


def test_nul_and_broken_characters_are_mended() -> None:
    assert mask("a\x00b\ud83dc😀") == "ab\ufffdc😀"


@given(st.text(st.characters()))
def test_whatever_comes_the_database_can_hold_it(text: str) -> None:
    stored = mask(text)
    assert "\x00" not in stored
    assert stored.encode().decode() == stored


def test_a_long_text_is_cut_and_says_so() -> None:
    assert len(mask("م" * 10_000)) == MAX_TEXT
    assert is_cut("م" * 10_000)
    assert not is_cut("م" * MAX_TEXT)


def test_a_card_across_the_cut_is_not_half_kept() -> None:
    stored = mask("a" * (MAX_TEXT - 8) + CARD)
    assert stored == "a" * (MAX_TEXT - 8) + "[card]"


@pytest.mark.parametrize(
    ("said", "expects", "stored", "secret"),
    [
        ("123456", "code", "[code]", "123456"),
        ("codul este 123 456, mersi", "code", "codul este [code], mersi", "123456"),
        ("cod:123456", "code", "cod:[code]", "123456"),
        ("12-34-56", "code", "[code]", "123456"),
        ("1 2 3 4", "pin", "[pin]", "1234"),
        ("1, 2, 3, 4", "pin", "[pin]", "1234"),
        ("unu doi trei patru", "pin", "[pin]", "1234"),
        ("pinul e șapte opt nouă zero", "pin", "pinul e [pin]", "7890"),
        ("sapte opt noua zero", "pin", "[pin]", "7890"),
        ("douăzeci și cinci optzeci", "pin", "[pin]", "2580"),
        ("It's twelve thirty-four.", "pin", "It's [pin].", "1234"),
        ("double five two one", "pin", "[pin]", "5521"),
        ("oh one two three four five", "code", "[code]", "012345"),
        ("1234 nu, 123456", "code", "[code] nu, [code]", "123456"),
        ("12345", "code", "[code]", "12345"),
        # no secret in these: nothing is tried, and what was said stays readable
        ("vreau să plătesc 1500 lei", "pin", "vreau să plătesc 1500 lei", None),
        ("pe 12.11.2026", "pin", "pe 12.11.2026", None),
        ("de ce 1.234,50?", "pin", "de ce 1.234,50?", None),
        ("factura LMP-2026-000123", "code", "factura LMP-2026-000123", None),
        ("sunați la 0722100201", "code", "sunați la 0722100201", None),
        ("nu am primit nimic", "code", "nu am primit nimic", None),
        ("o factură nouă", "pin", "o factură nouă", None),
        ("4111 1111 1111 1111", "pin", "[card]", None),
        # the bot has not asked
        ("123456", None, "123456", None),
        ("123456", "confirm", "123456", None),
    ],
)
def test_a_code_or_pin_is_taken_only_when_it_was_asked_for(
    said: str, expects: str | None, stored: str, secret: str | None
) -> None:
    assert take_secret(said, expects) == (stored, secret)


@given(st.text(st.sampled_from("0123456789 -abcș.,"), max_size=60))
def test_a_taken_secret_is_not_left_behind(text: str) -> None:
    stored, secret = take_secret(text, "code")
    assert secret is None or (4 <= len(secret) <= 8 and secret not in stored)


@pytest.mark.parametrize(
    ("line", "logged"),
    [
        ("to +40722100201 failed", "to [phone] failed"),
        ("tel:0722.100.201", "tel:[phone]"),
        ("From=40722100201&x", "From=[phone]&x"),
        ("ana@example.com wrote", "[email] wrote"),
        ("postgresql://u:secret@127.0.0.1/db", "postgresql://u:[password]@127.0.0.1/db"),
        ("/bot700000001:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw/getMe", "/bot[token]/getMe"),
        (f"card {CARD}", "card [card]"),
    ],
)
def test_logs_name_nobody(line: str, logged: str) -> None:
    assert mask_for_logs(line) == logged


@pytest.mark.parametrize(
    "line",
    [
        "2026-11-24 03:36:12.123456+02:00 turn handled in 0.0123456789 s",
        "550e8400-e29b-41d4-a716-407221002015",
        "1732412345.123456",
        "POST /webhooks/telegram 200",
    ],
)
def test_times_ids_and_measures_stay_in_the_logs(line: str) -> None:
    assert mask_for_logs(line) == line
