"""How is the app served over HTTP?"""

from __future__ import annotations

import uvicorn

from limpede.app import build
from limpede.settings import Settings

# A live feed at the desk never ends by itself: after this long it is cut.
_GRACE_SECONDS = 3
# A proxy in front tells the caller's real scheme and host; only one on this machine is believed.
_TRUSTED_PROXY = "127.0.0.1"


def serve(settings: Settings) -> None:
    """Serve until told to stop."""
    uvicorn.run(
        build(settings),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        forwarded_allow_ips=_TRUSTED_PROXY,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
