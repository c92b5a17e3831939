"""What was paid, for which invoices, and what is left over?

Outsiders use `service.receive` and `service.use_credit`.
"""
