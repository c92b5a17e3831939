"""The desk's JSON API under /desk/api: for the console page and for scripts (docs/desk.md)."""

from fastapi import APIRouter

from handoff.desk.api.cases import make_cases_api
from handoff.desk.api.disputes import make_disputes_api
from handoff.desk.api.documents import make_documents_api
from handoff.desk.api.files import make_files_api
from handoff.desk.api.live import make_live_api
from handoff.desk.api.messages import make_messages_api
from handoff.desk.api.people import make_people_api
from handoff.desk.api.reviews import make_reviews_api
from handoff.desk.api.services import make_services_api
from handoff.desk.services import DeskServices


def make_desk_api(desk: DeskServices) -> APIRouter:
    """All routes of the API. Needs a running `desk.bell` for the live feed to be prompt."""
    router = APIRouter(prefix="/desk/api", tags=["desk"])
    makers = (
        make_people_api,
        make_cases_api,
        make_disputes_api,
        make_documents_api,
        make_files_api,
        make_services_api,
        make_reviews_api,
        make_messages_api,
        make_live_api,
    )
    for make in makers:
        router.include_router(make(desk))
    return router
