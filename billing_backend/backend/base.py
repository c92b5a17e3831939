"""What does every part of the built-in billing need?"""

from billing_backend import documents
from billing_backend.documents import Links, Sellers
from billing_backend.policy import Policy


class Base:
    """Billing on our own tables. `code_key` protects one-time codes and signs links: secret, any
    length. `sellers` is who we are on documents (None: the demo company), `public_url` where
    customers reach us, `pay_address` where payment links lead to (None: this company takes no
    payments by link).
    """

    def __init__(
        self,
        policy: Policy,
        *,
        code_key: bytes,
        sellers: Sellers | None = None,
        public_url: str = "http://localhost:8000",
        pay_address: str | None = None,
    ) -> None:
        self.policy = policy
        self._code_key = code_key
        self.sellers = documents.read_company() if sellers is None else sellers
        self.links = Links(code_key, public_url, policy.document_link_lifetime)
        self._pay_address = pay_address
