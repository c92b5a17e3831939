"""Which headers keep a page or file safe, whatever is on it?

Each room sends them with what it answers, so that it is safe wherever it is mounted; the app adds
them to every answer that has none.
"""

from collections.abc import Mapping

SAFE: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # An address may be all that somebody needs to pay, or to read an invoice.
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
