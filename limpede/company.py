"""Who is the company on its documents?"""

from __future__ import annotations

from billing_backend.documents import CompanyFileWrong, Sellers, read_company
from limpede.settings import Settings, SettingsWrong


def sellers(settings: Settings) -> Sellers:
    """What LIMPEDE_COMPANY_FILE says, else the demo company's entry for the demo company, else
    nothing: a real company never sends invoices of Demo Telecom's. Raises SettingsWrong."""
    if settings.company_file is not None:
        try:
            return read_company(settings.company_file)
        except CompanyFileWrong as error:
            raise SettingsWrong(f"LIMPEDE_COMPANY_FILE: {error}") from error
    is_demo = settings.company == Settings.model_fields["company"].default
    return read_company() if is_demo else Sellers()
