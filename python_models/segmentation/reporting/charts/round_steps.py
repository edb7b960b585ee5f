"""Round numbers for axes."""

import math


def round_step(least: float) -> float:
    """The smallest of 1, 2 and 5 times a power of ten that is at least a number."""
    power = 10.0 ** math.floor(math.log10(least))
    # The sixth decimal: a power of ten may be off in the last bits.
    return next(f * power for f in (1, 2, 5, 10) if f * power >= least * (1 - 1e-6))
