"""What billing keeps of a customer as a person: handing it out, and erasing what may be. The
room's door."""

from billing_backend.identity.repository import forget as forget_identifications
from billing_backend.privacy.service import Erased, Person, erase, export, person

__all__ = ["Erased", "Person", "erase", "export", "forget_identifications", "person"]
