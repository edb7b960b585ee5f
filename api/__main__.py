"""Serve the API: what ``make serve`` runs.

``PUBLISH_DIR`` (published), ``HOST`` (127.0.0.1), ``PORT`` (8000) and ``API_TOKEN`` are
read from the environment. The exit status is 2 where they are refused.
"""

import os
import sys
from pathlib import Path

import uvicorn

from api.access import is_loopback
from api.app import create_app


def serve() -> str | None:
    """Serve until the process is ended; say why not where the settings are refused."""
    host = os.environ.get("HOST") or "127.0.0.1"
    port = os.environ.get("PORT") or "8000"
    token = os.environ.get("API_TOKEN", "").strip()
    if not (port.isascii() and port.isdecimal() and 0 < int(port) < 65536):
        return f"PORT is {port!r}, and a port is a number from 1 to 65535."
    if not token and not is_loopback(host):
        return (
            f"HOST is {host!r}, where others than this machine can call: set API_TOKEN"
            " to a long random text, which every call then needs, or leave HOST out."
        )
    publish_dir = Path(os.environ.get("PUBLISH_DIR") or "published")
    uvicorn.run(create_app(publish_dir, token=token), host=host, port=int(port))
    return None


if __name__ == "__main__":
    if refusal := serve():
        print(refusal, file=sys.stderr)
        sys.exit(2)
