"""Are two requests in one message found, single ones left whole, and close readings asked about
when that helps? On the project's own model and messages that it never learned."""

import pytest
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.close_call import MEANINGS, UNCLEAR, close_call
from bot.nlu.expectations import log_odds
from bot.nlu.requests import is_request
from bot.nlu.two_requests import ALSO, two_requests
from tools.understanding.examples import held_out_examples

# Held-out messages that do ask for two things; cutting them is right.
REALLY_TWO = frozenset()
TWO = [
    ("cât am de plată și pot plăti mai târziu?", "check_balance", "request_payment_extension"),
    ("de ce e factura mai mare și cum pot obține o reducere?", "explain_bill", "request_discount"),
    ("De ce a crescut factura? Pot să plătesc în rate?", "explain_bill", "request_payment_plan"),
    ("ce abonament am și cât am consumat luna asta?", "ask_plan_info", "check_usage"),
    ("vreau factura pe octombrie și cât am de plată?", "view_bill", "check_balance"),
    ("cum pot să plătesc și până când?", "ask_payment_methods", "check_due_date"),
    ("A ajuns plata mea? Și vreau să schimb abonamentul.", "check_payment_status", "change_plan"),
    ("trimiteți-mi factura și spuneți-mi ce abonament am", "view_bill", "ask_plan_info"),
    ("cât datorez? vreau și o reducere", "check_balance", "request_discount"),
    ("vreau să plătesc factura acum și vreau alt abonament", "pay_bill", "change_plan"),
    ("de ce am o taxă nouă pe factură? se poate plăti mai târziu?", "explain_bill",
     "request_payment_extension"),
    ("Why is it higher? And can I get a discount?", "explain_bill", "request_discount"),
    ("how much do I owe and can I pay it later?", "check_balance", "request_payment_extension"),
    ("how much data do I have left and what plan am I on?", "check_usage", "ask_plan_info"),
    ("please send me my bill and tell me how I can pay", "view_bill", "ask_payment_methods"),
    ("can I pay in instalments? and why is my bill so high?", "request_payment_plan",
     "explain_bill"),
    ("did my payment arrive? and how much do I still owe?", "check_payment_status",
     "check_balance"),
    ("I want to change my plan and I'd like a discount", "change_plan", "request_discount"),
    ("what is the late fee and how can I pay?", "ask_fees", "ask_payment_methods"),
    ("show me the October bill. What did I pay last time?", "view_bill", "check_payment_history"),
    ("How much is my bill? Can you make it cheaper?", "check_balance", "request_discount"),
    ("why was I charged this fee and can I pay next week?", "explain_bill",
     "request_payment_extension"),
]  # fmt: skip


def cut(understood, text, language=None):
    return two_requests(text, lambda part: understood.rank(part, None, language))


def test_single_messages_are_left_whole(understood):
    """At most one in a hundred, of all that was held out."""
    examples = held_out_examples()
    wrong = [
        each.text
        for each in examples
        if each.text not in REALLY_TWO and cut(understood, each.text, each.language)
    ]
    assert len(wrong) <= len(examples) / 100, wrong


def test_learned_messages_are_left_whole_too(understood, examples):
    some = examples[::7]
    wrong = [each.text for each in some if cut(understood, each.text, each.language)]
    assert len(wrong) <= len(some) / 100, wrong


def test_two_requests_are_mostly_found_and_never_taken_for_others(understood):
    found = [(cut(understood, text), first, second) for text, first, second in TWO]
    right = [
        each
        for each, first, second in found
        if each and (each.first[0][0], each.second[0][0]) == (first, second)
    ]
    wrong = [each for each, _, _ in found if each and each not in right]
    assert len(right) >= 0.75 * len(TWO)
    assert len(wrong) <= 0.1 * len(TWO), wrong


def test_it_asks_back_rarely_when_right_and_often_when_wrong(understood):
    """Of messages in scope, and taken for a request that may be asked about."""
    asked = {True: [], False: []}
    for each in held_out_examples():
        ranking = understood.rank(each.text, None, each.language)
        if is_request(each.intent) and is_request(ranking[0][0]):
            asked[ranking[0][0] == each.intent].append(close_call(ranking))
    share = {right: sum(map(bool, each)) / len(each) for right, each in asked.items()}
    assert share[True] <= 0.03
    assert share[False] >= 0.4


def parsed(classifier, text, entities=(), **metadata):
    found = [{"entity": name, "start": start, "value": value} for name, start, value in entities]
    message = Message(data={"text": text, "entities": found, "metadata": metadata})
    (message,) = classifier.process([message])
    return message


def test_the_second_request_travels_beside_the_first_with_what_it_names(classifier):
    text = "cât am de plată și pot plăti până vineri?"
    message = parsed(classifier, text, [("date", text.index("vineri"), "2026-11-27")])
    assert message.get("intent")["name"] == "check_balance"
    assert message.get("entities") == []
    second = message.get(ALSO)
    assert second["intent"] == "request_payment_extension"
    assert (second["before"], second["words"]) == ("cât am de plată", "pot plăti până vineri?")
    assert [each["value"] for each in second["entities"]] == ["2026-11-27"]


@pytest.mark.parametrize(
    "expects", ["confirm", "extension_date", "dispute_reason", "dispute_line", "choice"]
)
def test_what_may_answer_an_open_question_is_neither_cut_nor_asked_about(
    classifier, expects, monkeypatch
):
    monkeypatch.setattr("bot.nlu.intents.close_call", lambda _: ["view_bill", "explain_bill"])
    message = parsed(classifier, "cât am de plată și pot plăti mai târziu?", expects=expects)
    assert message.get(ALSO) is None
    assert message.get(MEANINGS) is None


@pytest.mark.parametrize(
    ("expects", "asks"), [(None, True), ("customer_number", True), ("code", False)]
)
def test_close_readings_are_asked_about_where_nothing_is_waited_for(
    classifier, expects, asks, monkeypatch
):
    monkeypatch.setattr("bot.nlu.intents.close_call", lambda _: ["view_bill", "explain_bill"])
    message = parsed(classifier, "factura", expects=expects)
    assert (message.get("intent")["name"] == UNCLEAR) is asks
    assert (message.get(MEANINGS) == ["view_bill", "explain_bill"]) is asks
    assert message.get("intent_ranking")[0]["name"] != UNCLEAR


@pytest.mark.parametrize(
    ("text", "expects", "entities", "intents"),
    [
        ("nu, cea din septembrie", None, {"month"}, {"inform", "deny"}),
        ("no, the September one", None, {"month"}, {"inform", "deny"}),
        ("nu, cea dinainte", None, {"invoice_which"}, {"inform", "deny"}),
        ("no, the one before", None, {"invoice_which"}, {"inform", "deny"}),
        ("nu cea din august", None, {"month"}, {"inform", "deny"}),
        ("nu, până vineri", "confirm", {"date"}, {"deny", "inform"}),
        ("no, by Friday", "confirm", {"date"}, {"deny", "inform"}),
        ("nu, în 4 rate", "confirm", set(), {"deny", "request_payment_plan"}),
        ("no, in four", "confirm", set(), {"deny"}),
        ("nu, roamingul", "confirm", set(), {"deny"}),
        ("nu, cealaltă linie", "confirm", set(), {"deny"}),
        ("m-am răzgândit", None, set(), {"never_mind", "deny"}),
        ("actually, never mind", None, set(), {"never_mind"}),
        ("nu înțeleg", None, set(), {"repeat"}),
        ("nu înțeleg", "confirm", set(), {"repeat"}),
        ("explain in simpler words", None, set(), {"repeat"}),
        ("explain in simpler words", "confirm", set(), {"repeat"}),
        ("mai simplu", None, set(), {"repeat"}),
        ("simpler words", None, set(), {"repeat"}),
        ("mersi", "confirm", set(), {"thank"}),
        ("thanks", "confirm", set(), {"thank"}),
    ],
)
def test_what_repairs_a_conversation_is_understood(understood, text, expects, entities, intents):
    weights = log_odds(text, expects, frozenset(entities))
    assert understood.rank(text, weights)[0][0] in intents
