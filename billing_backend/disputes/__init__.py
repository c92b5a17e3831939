"""What does a customer say is wrong on an invoice, and what is the answer?

Outsiders use `service` (open, list, events), `answering` (review, uphold, reject, withdraw) and
`repository.held`. (Nothing is imported here: other rooms' queries read `repository`.)
"""
