"""Which program sends this request, and may it ask for this?"""

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from fastapi import Request
from fastapi.security import HTTPBearer, SecurityScopes

from billing_backend import tokens
from billing_backend.api.problems import Forbidden, Unauthorised
from billing_backend.clock import Clock
from billing_backend.contract import Tier
from billing_backend.db import Sessions, single_statement
from billing_backend.tokens import Caller, Scope

# For the description only (the Authorize button of /docs); the check is in Gate.
bearer_scheme = HTTPBearer(
    auto_error=False,
    description="The installation's token, or one from `limpede token issue`",
)
_INSTALLATION = Caller("installation", frozenset(Scope), Tier.SUPERVISOR)

CallerOf = Callable[[SecurityScopes, Request], Awaitable[Caller]]


@dataclass(frozen=True, slots=True)
class Gate:
    """Lets in the installation's own token, which may do everything, and the tokens issued."""

    sessions: Sessions
    clock: Clock
    token: str

    async def caller(self, scopes: SecurityScopes, request: Request) -> Caller:
        """Raises Unauthorised or Forbidden."""
        found = await self._known(request)
        if found is None:
            raise Unauthorised
        missing = set(scopes.scopes) - found.scopes
        if missing:
            raise Forbidden(sorted(missing)[0])
        return found

    async def _known(self, request: Request) -> Caller | None:
        scheme, _, rest = request.headers.get("Authorization", "").partition(" ")
        given = rest.strip()
        if scheme.lower() != "bearer":
            return None
        if hmac.compare_digest(given.encode(), self.token.encode()):
            return _INSTALLATION
        async with single_statement(self.sessions) as session:
            return await tokens.authenticate(session, given, now=self.clock.now())
