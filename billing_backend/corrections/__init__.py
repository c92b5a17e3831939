"""Is this customer being treated correctly, and how is what is wrong put right?

Outsiders use `service.review`, `service.correct` and `credit_notes.credit_invoice`.
"""
