"""What happens to invoices that are not paid, and to the service behind them?

Outsiders use `service.run`, `service.service_state`, `service.fees` and
`restoring.restore_paid`. (Nothing is imported here: the policy itself reads `table`.)
"""
