"""How well is what customers write understood? `make eval`; runs in Rasa's environment.

Trains the intent model on data/nlu and examines it twice: on messages in another voice that are
never learned from (tests/nlu/*.jsonl), and on the training data split by phrasing. The page is
written to var/understanding.
"""
