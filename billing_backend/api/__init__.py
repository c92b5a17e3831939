"""Billing for other programs: JSON over HTTP, described by OpenAPI.

Outsiders call `make_billing_api` and mount the router; its paths begin with /api/billing/v1.
"""

from billing_backend.api.router import make_billing_api

__all__ = ["make_billing_api"]
