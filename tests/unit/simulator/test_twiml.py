"""Does the simulated phone do with TwiML what Twilio does?"""

from __future__ import annotations

import pytest
from twilio.twiml.voice_response import Gather as TwilioGather
from twilio.twiml.voice_response import VoiceResponse

from bot.channels.simulator.twiml import (
    BadTwiml,
    Dial,
    Enqueue,
    Finished,
    Gather,
    Hangup,
    Leave,
    Pause,
    Play,
    Pressed,
    Redirect,
    Reject,
    Say,
    Step,
    parse,
    perform,
    press,
)

ASK = Say("Numărul de client?", "ro-RO")


@pytest.mark.parametrize(
    ("verbs", "heard", "then"),
    [
        ("", (), Finished()),
        ("<Say>Hello</Say>", (Say("Hello", "en-US"),), Finished()),
        (
            '<Say language="ro-RO">Bună  <break/> ziua</Say>',
            (Say("Bună ziua", "ro-RO"),),
            Finished(),
        ),
        ("<Play>https://a/b.mp3</Play>", (Play("https://a/b.mp3"),), Finished()),
        ("<Pause/>", (), Pause(1)),
        ('<Pause length="3"/>', (), Pause(3)),
        ("<Redirect>/voice/turn?step=2&amp;a=1</Redirect>", (), Redirect("/voice/turn?step=2&a=1")),
        ('<Redirect method="GET">next</Redirect>', (), Redirect("next", "GET")),
        ("<Redirect/>", (), Redirect("")),
        (
            '<Enqueue waitUrl="/wait" waitUrlMethod="GET" action="/left">support</Enqueue>',
            (),
            Enqueue("support", "/wait", "GET", "/left", "POST"),
        ),
        ("<Leave/>", (), Leave()),
        ("<Hangup/>", (), Hangup()),
        ('<Reject reason="busy"/>', (), Reject("busy")),
        ("<Dial>+40211234567</Dial>", (), Dial("+40211234567")),
        (
            '<Dial action="/done"><Number>+40211234567</Number></Dial>',
            (),
            Dial("+40211234567", "/done"),
        ),
        (
            '<Say>One</Say><Say>Two</Say><Hangup/><Say>Never</Say>',
            (Say("One"), Say("Two")),
            Hangup(),
        ),
        ("<Gather/>", (), Gather()),
        (
            '<Gather input="speech dtmf" numDigits="8" finishOnKey="" timeout="6" action="/turn"'
            ' actionOnEmptyResult="true" language="ro-RO" speechTimeout="auto">'
            '<Say language="ro-RO">Numărul de client?</Say></Gather>',
            (ASK,),
            Gather((ASK,), "/turn", "POST", True, True, 8, "", 6, True, "ro-RO"),
        ),
    ],
)  # fmt: skip
def test_a_document_is_heard_up_to_where_something_outside_is_needed(
    verbs: str, heard: tuple[Say | Play, ...], then: object
) -> None:
    step = perform(parse(f"<Response>{verbs}</Response>"))

    assert (step.heard, step.then) == (heard, then)


def test_the_verbs_after_a_stop_come_when_it_is_over() -> None:
    verbs = parse("<Response><Say>A</Say><Pause/><Say>B</Say><Gather/><Hangup/></Response>")

    first = perform(verbs)
    second = perform(first.rest)
    third = perform(second.rest)

    assert first == Step((Say("A"),), Pause(1), verbs[2:])
    assert second == Step((Say("B"),), Gather(), verbs[4:])
    assert third == Step((), Hangup(), ())


def test_what_twilios_own_library_writes_is_understood() -> None:
    response = VoiceResponse()
    gather = TwilioGather(input="dtmf speech", num_digits=4, timeout=4, action="/pin")
    gather.say("Codul PIN, vă rog.", language="ro-RO", voice="Google.ro-RO-Wavenet-A")
    response.append(gather)
    response.redirect("/again")

    step = perform(parse(str(response)))

    assert isinstance(step.then, Gather)
    assert (step.then.num_digits, step.then.timeout, step.then.speech) == (4, 4, True)
    assert perform(step.rest).then == Redirect("/again")


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("", "12100"),
        ("{}", "12100"),
        ("<Response><Say></Response>", "12100"),
        ("<html/>", "12100"),
        ("<Response><Dance/></Response>", "12200"),
        ("<Response><Gather><Hangup/></Gather></Response>", "12200"),
        ('<Response><Pause length="long"/></Response>', "12200"),
    ],
)
def test_what_twilio_could_not_follow_is_refused_with_its_code(document: str, code: str) -> None:
    with pytest.raises(BadTwiml, match=f"^{code}"):
        parse(document)


@pytest.mark.parametrize(
    ("gather", "keys", "pressed"),
    [
        (Gather(), "12345678#", Pressed("12345678", 9, "#")),
        (Gather(), "12345678", Pressed("12345678", 8)),  # sent when the time-out passes
        (Gather(num_digits=4), "48213", Pressed("4821", 4)),  # the fifth came too late
        (Gather(num_digits=4), "4821#", Pressed("4821", 4)),
        (Gather(num_digits=1), "2", Pressed("2", 1)),
        (Gather(finish_on_key=""), "12#", Pressed("12#", 3)),
        (Gather(finish_on_key="*"), "12*9", Pressed("12", 3, "*")),
        (Gather(), "#", Pressed("#", 1)),  # ends nothing before the first digit
    ],
)
def test_keys_count_until_the_gather_has_enough(
    gather: Gather, keys: str, pressed: Pressed
) -> None:
    assert press(gather, keys) == pressed
