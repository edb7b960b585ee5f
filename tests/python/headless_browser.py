"""Debian's or Google's browser for tests of pages, installed where that is possible."""

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

from playwright.sync_api import Browser, Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
INSTALL = "apt-get install --yes --no-install-recommends chromium"
# As root there is no sandbox; without the others it looks for hosts of its own.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_browser() -> str | None:
    """Find an executable: the one that CHROMIUM names, or one by its usual name."""
    for name in (os.environ.get("CHROMIUM"), *NAMES):
        path = shutil.which(name) if name else None
        if path:
            return path
    return None


def find_or_install_browser(lock_file: Path) -> str | None:
    """Find an executable; where none is, install one if we are root on Debian.

    The workers of one test run share the lock, so that one installs and others wait.
    """
    with lock_file.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        path = find_browser()
        if path is None and os.geteuid() == 0 and shutil.which("apt-get"):
            for command in ("apt-get update", INSTALL):
                subprocess.run(
                    command.split(),
                    env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    timeout=600,
                    check=False,
                )
            path = find_browser()
    return path


def launch(playwright: Playwright, path: str) -> Browser:
    return playwright.chromium.launch(executable_path=path, args=list(FLAGS))
