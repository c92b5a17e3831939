"""How much of a request do we read before we refuse it?"""

from starlette.requests import ClientDisconnect, Request

MAX_BODY = 1024 * 1024  # bytes; Telegram's and Twilio's real calls are a few kB


async def read_body(request: Request, limit: int = MAX_BODY) -> bytes | None:
    """The body, or None when it is larger than `limit` bytes or the caller went away.

    Reads in pieces, so that a body without a Content-Length cannot fill the memory either.
    """
    declared = request.headers.get("content-length", "")
    if declared.isascii() and declared.isdigit() and int(declared[:12]) > limit:
        return None
    body = bytearray()
    try:
        async for piece in request.stream():
            body += piece
            if len(body) > limit:
                return None
    except ClientDisconnect:
        return None
    return bytes(body)
