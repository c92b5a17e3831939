"""Is TwiML that Twilio would not take found, and what it takes let through?"""

from __future__ import annotations

import pytest

from bot.channels.simulator.twiml_rules import complaints


def wrong(inside: str, **how: bool) -> str:
    return "; ".join(complaints(f"<Response>{inside}</Response>", **how))


@pytest.mark.parametrize(
    ("inside", "complaint"),
    [
        ("<Dance/>", "no verb"),
        ("<Say/>", "holds ''"),
        (f"<Say>{'a' * 4097}</Say>", "<Say> holds"),
        ('<Say voice="alice" lang="ro">a</Say>', "no attribute lang"),
        ('<Say language="romanian">a</Say>', "language='romanian'"),
        ('<Say voice="Google.en-US-Wavenet-A" language="ro-RO">a</Say>', "does not speak ro-RO"),
        ('<Say voice="alice"><prosody rate="75%">a</prosody></Say>', "no SSML"),
        ('<Say voice="Polly.Carmen"><prosody rate="a lot">a</prosody></Say>', "rate='a lot'"),
        ("<Say><Play>a.mp3</Play></Say>", "<Play> cannot stand in <Say>"),
        ('<Pause length="0"/>', "length='0'"),
        ("<Gather><Redirect>a</Redirect></Gather>", "<Redirect> cannot stand in <Gather>"),
        ('<Gather input="voice"/>', "input='voice'"),
        ('<Gather numDigits="0"/>', "numDigits='0'"),
        ('<Gather finishOnKey="A"/>', "finishOnKey='A'"),
        ('<Gather hints="da, nu"/>', "keys only: hints"),
        (f'<Gather input="speech" hints="{", ".join(["a"] * 501)}"/>', "hints="),
        (f'<Gather input="speech" hints="{"a" * 101}"/>', "hints="),
        ('<Gather input="speech" speechModel="phone_call" speechTimeout="auto"/>', "13335"),
        ('<Gather input="speech" enhanced="true"/>', "enhanced is for"),
        ('<Gather input="speech" speechModel="clever"/>', "speechModel='clever'"),
        ('<Gather action="ftp://a"/>', "action='ftp://a'"),
        ("<Redirect/>", "<Redirect> holds ''"),
        ("<Enqueue/>", "<Enqueue> holds ''"),
        ("<Enqueue>" + "q" * 65 + "</Enqueue>", "<Enqueue> holds"),
        ("<Dial>Radu</Dial>", "<Dial> holds 'Radu'"),
        ('<Dial timeout="1">+40722999001</Dial>', "timeout='1'"),
        ('<Dial><Number url="a">Radu</Number></Dial>', "<Number> holds 'Radu'"),
        ("<Number>+40722999001</Number>", "<Number> cannot stand in <Response>"),
        (
            '<Dial><Number statusCallback="/status">+40722999001</Number></Dial>',
            "statusCallback='/status'",
        ),
        (
            '<Dial><Number statusCallbackEvent="rang">+40722999001</Number></Dial>',
            "statusCallbackEvent='rang'",
        ),
        ("<Hangup>now</Hangup>", "<Hangup> holds words"),
        ("<Hangup/><Say>a</Say>", "<Say> is never reached behind <Hangup>"),
        ("<Redirect>a</Redirect><Say>a</Say>", "never reached"),
        ("<Say>a</Say><Reject/>", "<Reject> must come first"),
        ('<Reject reason="tired"/>', "reason='tired'"),
    ],
)
def test_what_twilio_would_not_take_is_named(inside: str, complaint: str) -> None:
    assert complaint in wrong(inside)


@pytest.mark.parametrize("document", ["", "no XML", "<Html/>", "<Response>" + "a" * 64_001])
def test_what_is_no_twiml_is_named(document: str) -> None:
    assert complaints(document)


def test_a_real_installation_names_https_addresses_only() -> None:
    inside = '<Gather action="http://bot.example/turn"/>'
    assert wrong(inside) == ""
    assert "without https" in wrong(inside, public=True)


def test_what_twilio_takes_is_let_through() -> None:
    inside = (
        '<Say voice="Google.ro-RO-Wavenet-A" language="ro-RO">Bună ziua</Say>'
        '<Gather input="speech dtmf" timeout="6" speechTimeout="auto" numDigits="1"'
        ' language="ro-RO" hints="da, nu" actionOnEmptyResult="true" action="turn?step=1">'
        "<Play>https://bot.example/a.mp3</Play><Pause/></Gather>"
        '<Dial answerOnBridge="true" timeout="20" callerId="+40312345678" action="over">'
        '<Number url="whisper" statusCallback="https://bot.example/s"'
        ' statusCallbackEvent="initiated completed">+40722999001</Number></Dial>'
        '<Enqueue waitUrl="wait" action="more">limpede</Enqueue>'
    )
    assert wrong(inside) == ""
