"""Who may call: anybody on this machine or, with a token, who has it."""

import hmac
from ipaddress import ip_address
from urllib.parse import urlsplit

from fastapi.responses import JSONResponse
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send


def is_loopback(host: str) -> bool:
    """Tell whether a name or an address can only be this machine."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


class Access:
    """Lets a call through that has the token or, where there is none, is local.

    A page of another site can send its visitors' calls to this machine under a name of
    its own, so without a token the name that is called has to be a local one.
    """

    def __init__(self, app: ASGIApp, *, token: str):
        self.app = app
        self.token = token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._refusal(scope) if scope["type"] == "http" else None
        await (refusal or self.app)(scope, receive, send)

    def _refusal(self, scope: Scope) -> JSONResponse | None:
        headers = Headers(scope=scope)
        if self.token:
            scheme, _, given = headers.get("authorization", "").partition(" ")
            is_theirs = hmac.compare_digest(given.encode("latin-1"), self.token)
            if scheme.lower() == "bearer" and is_theirs:
                return None
            return JSONResponse(
                {"detail": "The token is missing or wrong: Authorization: Bearer …"},
                status_code=401,
                headers={"WWW-Authenticate": "Bearer"},
            )
        try:
            called = urlsplit(f"//{headers.get('host', '')}").hostname or ""
        except ValueError:
            called = ""
        if is_loopback(called) and is_loopback(scope["server"][0]):
            return None
        return JSONResponse(
            {"detail": "Without API_TOKEN only this machine is answered: localhost."},
            status_code=403,
        )
