"""Does this request carry the token of the installation?"""

import hmac

from fastapi import Request
from fastapi.security import HTTPBearer

from billing_backend.api.problems import Unauthorised

# For the description only (the Authorize button of /docs); the check is require_bearer.
bearer_scheme = HTTPBearer(auto_error=False, description="The token of this installation")


def require_bearer(request: Request, token: str) -> None:
    """Raises Unauthorised without the right token; takes as long for any wrong one."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    right = hmac.compare_digest(given.strip().encode(), token.encode())
    if scheme.lower() != "bearer" or not right:
        raise Unauthorised
