"""Is the right variation said, and is a set of responses with a hole in it refused?"""

import pytest

from bot.nlu.choosing import MissingVariable, ResponseGap, check, choose, fill


def variation(text, language, channel=None, **more):
    metadata = {"language": language} | ({"channel": channel} if channel else {})
    return {"text": text, "metadata": metadata, **more}


GREETING = [
    variation("Bună ziua!", "ro"),
    variation("Hello!", "en"),
    variation("Bună ziua, ați sunat la noi.", "ro", "voice"),
    variation("Hello, you have called us.", "en", "voice"),
]


@pytest.mark.parametrize(
    ("language", "channel", "said"),
    [
        ("ro", "telegram", "Bună ziua!"),
        ("en", "sms", "Hello!"),
        ("ro", "voice", "Bună ziua, ați sunat la noi."),
        ("en", "voice", "Hello, you have called us."),
        ("ro", None, "Bună ziua!"),
        ("en", "a channel of tomorrow", "Hello!"),
    ],
)
def test_the_language_first_and_then_the_channel(language, channel, said):
    assert choose(GREETING, language, channel)["text"] == said


def test_another_language_is_never_said_instead():
    with pytest.raises(ResponseGap):
        choose([variation("Hello!", "en")], "ro", "sms")


def test_a_channels_words_are_not_said_on_another():
    with pytest.raises(ResponseGap):
        choose([variation("Bună ziua, ați sunat la noi.", "ro", "voice")], "ro", "sms")


def test_variables_are_filled_everywhere():
    filled = fill(
        variation(
            "Aveți {amount}.",
            "ro",
            buttons=[{"title": "Până pe {day}", "payload": '/inform{"date": "{date}"}'}],
            custom={"hang_up": True, "note": "{amount}"},
        ),
        {"amount": "45,00 lei", "day": "1 dec.", "date": "2026-12-01"},
    )
    assert filled == {
        "text": "Aveți 45,00 lei.",
        "buttons": [{"title": "Până pe 1 dec.", "payload": '/inform{"date": "2026-12-01"}'}],
        "custom": {"hang_up": True, "note": "45,00 lei"},
    }


def test_a_variable_that_nobody_gave_is_never_said():
    with pytest.raises(MissingVariable, match="amount"):
        fill(variation("Aveți {amount}.", "ro"), {"amount": None})


def test_braces_in_a_value_are_only_said():
    assert fill(variation("{name}", "ro"), {"name": "{amount}"}) == {"text": "{amount}"}


def test_filling_leaves_the_variation_as_it_was():
    one = variation("Aveți {amount}.", "ro", buttons=[{"title": "{amount}", "payload": "/x"}])
    fill(one, {"amount": "1"})
    assert one["buttons"] == [{"title": "{amount}", "payload": "/x"}]


def test_a_whole_set_has_no_problems():
    assert check({"utter_greet": GREETING}) == []


def test_a_set_for_each_channel_needs_no_general_variation():
    every = [
        variation(channel, language, channel)
        for channel in ("telegram", "sms", "voice")
        for language in ("ro", "en")
    ]
    assert check({"utter_x": every}) == []


@pytest.mark.parametrize(
    ("variations", "problem"),
    [
        ([variation("Da", "ro")], "nothing to say in en on telegram"),
        (
            [variation("Da", "ro"), variation("Yes", "en"), variation("Sigur", "ro")],
            "two variations for language ro and channel any",
        ),
        (
            [variation("{a}", "ro"), variation("{b}", "en")],
            "placeholders differ between languages on telegram",
        ),
        (
            [variation("Da", "ro"), variation("Yes", "en"), variation("Ja", "de")],
            "unknown language",
        ),
        (
            [variation("Da", "ro"), variation("Yes", "en"), variation("Da", "ro", "fax")],
            "unknown channel 'fax'",
        ),
        ([variation("Da", "ro", condition=[]), variation("Yes", "en")], "'condition:' is not read"),
        ([variation("", "ro"), variation("Yes", "en")], "a variation in ro says nothing"),
        ([variation("Aşa", "ro"), variation("Yes", "en")], "cedilla"),
    ],
)
def test_a_problem_is_named(variations, problem):
    problems = check({"utter_x": variations})
    assert any(each.startswith("utter_x: ") and problem in each for each in problems)


def test_a_placeholder_only_one_languages_phone_has_is_a_problem():
    variations = [
        variation("Aveți {amount}.", "ro"),
        variation("You owe {amount}.", "en"),
        variation("Aveți ceva de plată.", "ro", "voice"),
    ]
    (problem,) = check({"utter_x": variations})
    assert "on voice" in problem
