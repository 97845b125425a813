"""The web server of the page: on this machine only, for who has its token, without any traffic to or from others.

By default Solara reports its use to a service, and fetches the scripts and fonts that it lacks from another. Both are
off here; what a browser needs comes from the installed `solara-assets`.
"""

import contextlib
import os
import secrets
import signal
import socket
import warnings
from pathlib import Path
from types import FrameType

from model.problems import refusal

from .door import TOKEN, Door, unanswerable

HOST = "127.0.0.1"
NOWHERE = "http://127.0.0.1:9/"  # in place of the network that assets would come from
SETTINGS = {  # read by Solara as it is imported
    "SOLARA_APP": "experiments.dashboard.page",
    "SOLARA_MODE": "production",
    "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "false",
    "SOLARA_TELEMETRY_SERVER_USER_ID": "none",
    "SOLARA_ASSETS_PROXY": "true",
    "SOLARA_ASSETS_CDN": NOWHERE,
    "SOLARA_ASSETS_FONTAWESOME_ENABLED": "false",
    "SOLARA_ASSETS_EXTRA_LOCATIONS": str(Path(__file__).parent / "assets"),
    "SOLARA_THEME_LOADER": "plain",
    "SOLARA_THEME_SHOW_BANNER": "false",
    "SOLARA_THEME_TITLE": "Opt-In",
}


def serve(port: int) -> None:
    """Serve the page until Ctrl-C.

    Raises
    ------
    BadInput
        Where the port is taken.
    """
    listening = listen(port)
    os.environ |= SETTINGS
    warnings.filterwarnings("ignore", "Cookies with samesite=none")  # this page is in no frame
    import uvicorn
    from solara.server.starlette import app

    app.add_exception_handler(Exception, unanswerable)
    port, token = listening.getsockname()[1], secrets.token_urlsafe()
    config = uvicorn.Config(Door(app, {f"{HOST}:{port}", f"localhost:{port}"}, token), log_level="error")

    class Server(uvicorn.Server):
        """Says when it is up, and ends at once.

        Nothing is written that could be lost, and what pages are at may last longer than anyone wants to wait.
        """

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            print(f"The dashboard is at http://{HOST}:{port}/?{TOKEN}={token} (Ctrl-C ends it)")
            print("Whoever has this address can read results on this machine.", flush=True)

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002
            os._exit(0 if sig == signal.SIGINT else 128 + sig)

    with contextlib.suppress(KeyboardInterrupt):
        Server(config).run(sockets=[listening])


def listen(port: int) -> socket.socket:
    """A socket that listens on this machine only; port 0 takes one that is free."""
    listening = socket.socket()
    if os.name == "posix":  # elsewhere it would share the port with another program
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
        listening.listen()
    except OSError as error:
        listening.close()
        text = f"port {port} cannot be had ({error.strerror}); name another with --port, or 0 for one that is free"
        raise refusal("dashboard", text) from None
    return listening
