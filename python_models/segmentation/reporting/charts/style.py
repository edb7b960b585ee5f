"""What all charts have in common: sizes, inks and fonts.

A sheet is as wide as the page of a report is, measured in points; on a screen it is
shown at about half its pixels, in print at about 5/6 of its size, and the smallest
letters stay readable in both.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import matplotlib as mpl
from matplotlib.font_manager import FontProperties

WIDTH = 576.0
DOTS_PER_INCH = 200

TITLE_SIZE = 14.0
TEXT_SIZE = 9.5
SMALL_SIZE = 8.5
LINE_SPACING = 1.22
# Of the typeface, as a part of its size.
CAPITAL_HEIGHT = 0.729

INK = "#1A1A1A"
# Contrast to white 7 and 5: secondary text is still text.
SECOND_INK = "#565656"
FAINT_INK = "#707070"
RULE = "#C9C9C9"
GRID = "#E6E6E6"
BAND = "#DADADA"
PAPER = "#FFFFFF"


@cache
def font(size: float, *, is_bold: bool = False) -> FontProperties:
    """The typeface that comes with matplotlib, whatever else is installed."""
    name = "DejaVuSans-Bold.ttf" if is_bold else "DejaVuSans.ttf"
    return FontProperties(
        fname=Path(mpl.get_data_path(), "fonts", "ttf", name), size=size
    )


@contextmanager
def own_style() -> Iterator[None]:
    """Draw by matplotlib's own defaults, not by the user's settings or locale."""
    with mpl.rc_context(), warnings.catch_warnings():
        mpl.rcdefaults()
        mpl.rcParams.update(
            {
                # A $ in a name is a dollar.
                "text.parse_math": False,
                "axes.formatter.use_locale": False,
                "lines.solid_capstyle": "butt",
                "patch.linewidth": 0,
            }
        )
        # A letter that the typeface lacks is drawn as a box.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        yield


def ink_on(colour: str) -> str:
    """The ink, black or white, that is read better on a colour."""
    return PAPER if contrast_to_white(colour) >= 4 else INK


def contrast_to_white(colour: str) -> float:
    """Contrast ratio to white, 1 to 21, as WCAG 2.2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in parts
    )
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)
