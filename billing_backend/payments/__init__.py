"""What was paid, for which invoices, what is left over, and what went back?

Outsiders use `service.receive` and `service.use_credit`; `links` to ask for a payment, `events`
for what the payment provider tells, `refunds` and `refund_sending` to give money back.
"""
