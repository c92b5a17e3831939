"""Is this customer being treated correctly, and how is what is wrong put right?

Outsiders use `service.review`, `service.correct`, `crediting.credit` (by hand),
`credit_notes.credit_invoice` (by a discount) and `credit_repository.credited_sums`.
"""
