"""The agents' console: sign-in, cases, the customer's account, live feed. The room's door."""

from handoff.desk.api import make_desk_api
from handoff.desk.files import Files
from handoff.desk.models import Role
from handoff.desk.pages import make_desk_pages
from handoff.desk.seeds import DEMO_AGENTS, DemoAgent, seed_agents
from handoff.desk.services import Closing, DeskServices
from handoff.desk.staff import WrongAgent, keep_agent
from handoff.desk.view import Word

__all__ = [
    "DEMO_AGENTS",
    "Closing",
    "DemoAgent",
    "DeskServices",
    "Files",
    "Role",
    "Word",
    "WrongAgent",
    "keep_agent",
    "make_desk_api",
    "make_desk_pages",
    "seed_agents",
]
