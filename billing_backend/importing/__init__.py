"""A company's own data from files: read whole, checked whole, then written. The room's door."""

from billing_backend.importing.agreements import AGREEMENTS
from billing_backend.importing.customers import CUSTOMERS
from billing_backend.importing.invoices import INVOICES
from billing_backend.importing.kinds import Kind
from billing_backend.importing.payments import PAYMENTS
from billing_backend.importing.products import PRODUCTS
from billing_backend.importing.reading import FileUnreadable
from billing_backend.importing.service import Problem, Report, import_file
from billing_backend.importing.usage import USAGE

# In the order in which files are imported: each may name what came before.
KINDS = {kind.name: kind for kind in (PRODUCTS, CUSTOMERS, AGREEMENTS, INVOICES, PAYMENTS, USAGE)}

__all__ = ["KINDS", "FileUnreadable", "Kind", "Problem", "Report", "import_file"]
