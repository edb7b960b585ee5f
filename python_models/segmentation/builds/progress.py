"""Say what a run of dbt's is doing, how far it is and how long it may still take.

On a terminal it is the last line, rewritten below what dbt prints; elsewhere a line of
the log now and then.
"""

import os
import shutil
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, redirect_stdout
from time import monotonic
from typing import Any, TextIO

from dbt_common.events.base_types import EventMsg

SECONDS_NAME = "node_seconds.json"
_ERASE_LINE = "\r\x1b[K"


class Progress:
    """What dbt calls at each event; as a text, how far the run is.

    Parameters
    ----------
    last_seconds : dict
        The attribute ``seconds`` of an earlier run. Where that had another number of
        nodes, the time left is not known.

    Attributes
    ----------
    seconds : dict
        How much later each node ended than the one that ended before it, by unique
        id, beside the hooks ``on-run-start`` and ``on-run-end``. Nodes run side by
        side, and these add up to the time of the run.
    """

    def __init__(self, last_seconds: dict[str, float]) -> None:
        self.seconds: dict[str, float] = {}
        self._last_seconds = last_seconds
        self._started = self._last_ended = monotonic()
        self._node_count = 0
        self._running: dict[str, str] = {}
        self._lock = threading.Lock()

    def __call__(self, event: EventMsg) -> None:
        """Note what has started and ended."""
        name, data = event.info.name, event.data
        with self._lock:
            # The work of hooks is done before dbt says that they start.
            if name == "ConcurrencyLine":
                self._node_count, self.seconds = data.node_count, {}
                self._running["on-run-start"] = "loading the raw tables"
            elif name == "NodeStart":
                self._end("on-run-start")
                self._running[data.node_info.unique_id] = data.node_info.node_name
            elif name == "NodeFinished":
                self._end(data.node_info.unique_id)
                if _count_nodes(self.seconds) == self._node_count:
                    self._running["on-run-end"] = "publishing"
            elif name == "LogHookEndLine":
                self._end("on-run-end")

    def _end(self, step: str) -> None:
        if self._running.pop(step, None):
            now = monotonic()
            self.seconds[step] = now - self._last_ended
            self._last_ended = now

    def __str__(self) -> str:
        with self._lock:
            now = monotonic()
            since = f"  {_in_words(now - self._started)}"
            if not self._node_count:
                return f"{since}: reading the project"
            done = f"{_count_nodes(self.seconds)} of {self._node_count} steps done"
            if _count_nodes(self._last_seconds) == self._node_count:
                done += f", about {_in_words(self._seconds_left(now))} left"
            doing = ", ".join(self._running.values())
            return f"{since}: {done}: {doing}".removesuffix(": ")

    def _seconds_left(self, now: float) -> int:
        last = self._last_seconds
        total = sum(last.values())
        done = sum(last.get(step, 0) for step in self.seconds)
        awaited = sum(last.get(step, 0) for step in self._running)
        share = min((done + min(awaited, now - self._last_ended)) / total, 1)
        # The data may have grown: from a quarter on, only its own pace counts.
        whole = (now - self._started) * min(4, 1 / max(share, 0.01))
        whole += max(1 - 4 * share, 0) * total
        return max(5 * round((1 - share) * whole / 5), 5)


@contextmanager
def told(progress: Progress) -> Iterator[None]:
    """Print how far a run is while it lasts."""
    is_terminal = sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
    screen = Screen(sys.stdout)
    has_ended = threading.Event()

    def tell() -> None:
        while not has_ended.wait(1 if is_terminal else 10):
            if is_terminal:
                screen.show(str(progress))
            else:
                screen.write(f"{progress}\n")

    thread = threading.Thread(target=tell, daemon=True)
    thread.start()
    try:
        with redirect_stdout(screen):
            yield
    finally:
        has_ended.set()
        thread.join()
        screen.show("")


class Screen:
    """A place to write, of which one line stays below everything that is written."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._last_line = ""
        # Whether what was written last ended its line: then the last one is shown.
        self._is_shown = True
        self._lock = threading.Lock()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def show(self, last_line: str) -> None:
        """Show another last line, as much as fits of it."""
        width = shutil.get_terminal_size().columns - 1
        self._draw("", last_line[:width])

    def write(self, text: str) -> int:
        """Write above the last line."""
        self._draw(text, self._last_line)
        return len(text)

    def _draw(self, text: str, last_line: str) -> None:
        with self._lock:
            erase = _ERASE_LINE if self._is_shown and self._last_line else ""
            self._is_shown = text.endswith("\n") if text else self._is_shown
            self._last_line = last_line
            self._stream.write(erase + text + (last_line if self._is_shown else ""))
            self._stream.flush()


def _count_nodes(steps: Iterable[str]) -> int:
    return sum(not step.startswith("on-run-") for step in steps)


def _in_words(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
