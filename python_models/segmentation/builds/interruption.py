"""End a command that is interrupted in one sentence, and no publication halfway."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from dbt_common.events.event_manager_client import get_event_manager

# Ctrl-C, what schedulers and systems send first, and a terminal that is closed.
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def interruptible(*, unless: Callable[[], bool] = lambda: False) -> Iterator[None]:
    """Take each of the signals as Ctrl-C, unless it would come in between."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        if unless():
            return
        # dbt would print a traceback; its log has it.
        for logger in get_event_manager().loggers:
            if logger.name == "stdout_log":
                logger.filter = lambda _: False
        raise KeyboardInterrupt

    # Python hands signals to the main thread only.
    is_main = threading.current_thread() is threading.main_thread()
    numbers = _SIGNALS if is_main else ()
    before = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
