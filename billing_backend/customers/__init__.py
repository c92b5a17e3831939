"""Who are the customers, how are they reached, and what have they agreed to?"""

from billing_backend.customers.details import (
    DetailsRefused,
    make_business,
    name_account,
)
from billing_backend.customers.directory import (
    first_name,
    id_by_number,
    ids_by_phone,
    number_of,
    phone_on_file,
)
from billing_backend.customers.service import (
    customer,
    customer_of_account,
    find_by_number,
    find_customers,
)

__all__ = [
    "DetailsRefused",
    "customer",
    "customer_of_account",
    "find_by_number",
    "find_customers",
    "first_name",
    "id_by_number",
    "ids_by_phone",
    "make_business",
    "name_account",
    "number_of",
    "phone_on_file",
]
