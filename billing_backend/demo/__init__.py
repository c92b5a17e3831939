"""The demo company: 200 customers, 12 months of invoices, and the cast that everybody knows."""

from billing_backend.demo.cast import Cast, Person, cast
from billing_backend.demo.founding import seed, seed_crowd

__all__ = ["Cast", "Person", "cast", "seed", "seed_crowd"]
