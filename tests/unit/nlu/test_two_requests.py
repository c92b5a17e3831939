"""Is a message cut in two where it asks for two things, and nowhere else?"""

import pytest

from bot.nlu.two_requests import two_requests

# What the parts mean is given here: how well real ones are understood is examined in tests/nlu.
MEANS = {
    "cât am de plată": "check_balance",
    "pot plăti mai târziu?": "request_payment_extension",
    "Why is it higher?": "explain_bill",
    "can I get a discount?": "request_discount",
    "pot să plătesc?": "pay_bill",
    "când e scadența?": "check_due_date",
    "când ajunge plata?": "check_payment_status",
    "de ce nu apare plata?": "report_missing_payment",
    "spuneți-mi cât datorez.": "check_balance",
    "vreau un om": "talk_to_human",
    "how much do I owe": "check_balance",
    "whats my bill": "check_balance",
    "what do I have to pay?": "check_balance",
    "vreau factura": "view_bill",
}


def rank(part):
    return [(MEANS.get(part, "out_of_scope"), 0.9), ("greet", 0.1)]


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ("cât am de plată și pot plăti mai târziu?", "cât am de plată", "pot plăti mai târziu?"),
        (
            "Why is it higher? And can I get a discount?",
            "Why is it higher?",
            "can I get a discount?",
        ),
        (
            "how much do I owe and can I get a discount?",
            "how much do I owe",
            "can I get a discount?",
        ),
        (
            "whats my bill and can I get a discount?",
            "whats my bill",
            "can I get a discount?",
        ),
        ("spuneți-mi cât datorez. pot să plătesc?", "spuneți-mi cât datorez.", "pot să plătesc?"),
        ("vreau factura, iar pot plăti mai târziu?", "vreau factura", "pot plăti mai târziu?"),
    ],
)
def test_two_requests_are_found(text, first, second):
    found = two_requests(text, rank)
    assert (found.first_words, found.second_words) == (first, second)
    assert text[: found.cut] == first
    assert found.first[0][0] == MEANS[first]
    assert found.second[0][0] == MEANS[second]


@pytest.mark.parametrize(
    "text",
    [
        "cât am de plată",
        "cât am de plată și vreau un om",  # a person answers both
        "how much do I owe and what do I have to pay?",  # the same twice
        "când ajunge plata? de ce nu apare plata?",  # one matter
        "cât am de plată și când e scadența?",  # one answer
        "am fost plecat și pot plăti mai târziu?",  # the first part asks for nothing
        "bună ziua. cât am de plată",
        "",
        " și ",
    ],
)
def test_one_request_is_left_whole(text):
    assert two_requests(text, rank) is None


def test_a_part_that_is_not_understood_well_cuts_nothing():
    def unsure(part):
        return [(MEANS.get(part, "out_of_scope"), 0.55), ("greet", 0.45)]

    assert two_requests("cât am de plată și pot plăti mai târziu?", unsure) is None


def test_letters_in_two_pieces_are_read_as_one():
    found = two_requests("ca\u0302t am de plata\u0306 și pot plăti mai târziu?", rank)
    assert found.first_words == "cât am de plată"
