"""What do invoices say, how are they issued, and why do they differ?

Outsiders use `service` (balance, invoices, explain), `run.issue_due` and `late_fees`.
"""
