"""How do invoices and credit notes look on paper and as e-invoices, and who may open them?

Outsiders use the files and links below, `Sellers` (who we are) and `Links` (how they are signed);
the app also pages.py, which stands apart because commands do without the web stack.
"""

from billing_backend.documents.company import CompanyFileWrong, Sellers
from billing_backend.documents.company import read as read_company
from billing_backend.documents.links import Links
from billing_backend.documents.service import (
    einvoice_by_number,
    invoice_link,
    invoice_pdf,
    pdf_by_number,
)

__all__ = [
    "CompanyFileWrong",
    "Links",
    "Sellers",
    "einvoice_by_number",
    "invoice_link",
    "invoice_pdf",
    "pdf_by_number",
    "read_company",
]
