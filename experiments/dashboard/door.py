"""The door of the server: who may ask, and what a browser is told with every answer.

All users of a machine can reach what listens on it. So the address that the terminal prints has a token in it; a
browser that comes with it gets a cookie, which serves from then on, for links and WebSockets as well.
"""

import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, Response
from starlette.websockets import WebSocketClose

TOKEN = "token"
NO_ICON = Response(status_code=204)  # a browser may look for one before it has read which icon the page names
HEADERS = {"content-security-policy": "frame-ancestors 'none'", "x-frame-options": "DENY"}

type Message = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[Message]]
type Send = Callable[[Message], Awaitable[None]]
type Application = Callable[[Message, Receive, Send], Awaitable[None]]


class Door:
    """Lets in who has the token, but nothing that pages of other sites ask by way of the browser that shows them.

    Parameters
    ----------
    app : Application
        What answers whoever is let in.
    hosts : set of str
        The names of the server, each with its port.
    token : str
        The secret of this start of the server.
    """

    def __init__(self, app: Application, hosts: set[str], token: str) -> None:
        self.app = app
        self.hosts = hosts
        self.token = token
        self.cookie = "optin-" + "-".join(sorted({host.partition(":")[2] for host in hosts}))  # ports share cookies

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer a request or a WebSocket, or refuse it."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        asked, begun = HTTPConnection(scope), False

        async def sent(message: Message) -> None:
            nonlocal begun
            begun = True
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        try:
            await self.answer(asked)(scope, receive, sent)
        except Exception as error:  # Solara's, of what no page asks, and of pages that are closed meanwhile
            if not begun:
                await unanswerable(asked, error)(scope, receive, sent)

    def answer(self, asked: HTTPConnection) -> Application:
        """What answers: the page, or the way to it, or a refusal."""
        if not self.is_own(asked):
            return refused(asked.scope, "Only pages of this server may ask it.", 403)
        if asked.scope["type"] == "http" and self.is_token(asked.query_params.get(TOKEN, "")):
            return self.welcome(asked)
        if self.is_token(asked.cookies.get(self.cookie, "")):
            return NO_ICON if asked.url.path == "/favicon.ico" else self.app
        return refused(asked.scope, "Open the address that the terminal printed, with the token in it.", 403)

    def is_own(self, asked: HTTPConnection) -> bool:
        """Whether a request is to this server by its own name, and from one of its pages where it says so."""
        host, origin = asked.headers.get("host", ""), asked.headers.get("origin", "")
        return host in self.hosts and origin in ("", f"http://{host}")

    def is_token(self, text: str) -> bool:
        """Whether a text is the token; how long this takes does not tell how much of it is right."""
        return secrets.compare_digest(text.encode(), self.token.encode())

    def welcome(self, asked: HTTPConnection) -> Response:
        """A cookie, and the way to the address without its token.

        The way is the page's own, not a redirect: a browser that follows a link of another site sends no strict cookie,
        through redirects either.
        """
        others = urlencode([pair for pair in asked.query_params.multi_items() if pair[0] != TOKEN])
        response = Response(headers={"refresh": f"0; url=/{'?' * bool(others)}{others}", "cache-control": "no-store"})
        response.set_cookie(self.cookie, self.token, httponly=True, samesite="strict")
        return response


def refused(scope: Message, why: str, status: int) -> Application:
    """A refusal; a WebSocket is closed before it is open, which leaves no room for words."""
    if scope["type"] == "websocket":
        return WebSocketClose(1008)
    return PlainTextResponse(f"{why}\n", status)


def unanswerable(asked: HTTPConnection, error: Exception) -> Any:
    """What a request gets that Solara stumbles over, instead of a traceback in the terminal."""
    return refused(asked.scope, f"This cannot be answered ({type(error).__name__}).", 400)
