"""Who is the customer with this phone, this number, this account?"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.exceptions import RequestValidationError

from billing_backend import customers
from billing_backend.api.schemas import CustomerOut, Customers
from billing_backend.api.sources import Sources
from billing_backend.db import transaction


def add_customer_routes(router: APIRouter, sources: Sources) -> None:
    @router.get("/customers", summary="Find customers by phone or customer number")
    async def find(
        phone: Annotated[str | None, Query(description="In any way of writing")] = None,
        number: Annotated[str | None, Query(description="The customer number, 8 digits")] = None,
    ) -> Customers:
        """Give exactly one of the two. A phone may belong to several customers, or to none."""
        if (phone is None) == (number is None):
            raise RequestValidationError(
                [{"loc": ("query", "phone"), "msg": "give either phone or number", "type": "value"}]
            )
        async with transaction(sources.sessions) as session:
            if phone is not None:
                found = await customers.find_customers(session, phone=phone)
            else:
                found = await customers.find_by_number(session, number=str(number))
        return Customers(customers=[CustomerOut.model_validate(each) for each in found])

    @router.get("/accounts/{account_id}", summary="Whose account is this?")
    async def account(account_id: UUID) -> CustomerOut:
        async with transaction(sources.sessions) as session:
            found = await customers.customer_of_account(session, account_id)
        return CustomerOut.model_validate(found)
