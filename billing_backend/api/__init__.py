"""Billing over HTTP: JSON for other programs, and what payers and the payment provider reach.

Outsiders call `make_billing_api` (its paths begin with /api/billing/v1),
`make_pay_pages` and `make_payment_webhook`, and mount the routers.
"""

from billing_backend.api.pay_pages import PATH as PAY_PATH
from billing_backend.api.pay_pages import make_pay_pages
from billing_backend.api.payment_webhook import make_payment_webhook
from billing_backend.api.router import make_billing_api

__all__ = ["PAY_PATH", "make_billing_api", "make_pay_pages", "make_payment_webhook"]
