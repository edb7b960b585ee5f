"""The look of all charts, and the words around what is drawn.

Matplotlib lays out what is drawn (its constrained layout). A sheet is as wide as the
page of a report: on a screen it is shown at about half its pixels, and the smallest
letters stay readable. Lengths are in points.
"""

import textwrap
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

import matplotlib as mpl
import numpy as np
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.textpath import text_to_path
from matplotlib.transforms import ScaledTranslation, Transform
from PIL import Image

WIDTH, MARGIN, GAP = 576, 6, 8
DOTS_PER_INCH, POINTS_PER_INCH = 200, 72
TITLE_SIZE, TEXT_SIZE, SMALL_SIZE, PART_SIZE = 14, 9.5, 8.5, 7.5
LINE_SPACING = 1.3
INK, PAPER = "#1A1A1A", "#FFFFFF"
# Contrast to white 7 and 5: secondary text is still text.
SECOND_INK, FAINT_INK = "#565656", "#707070"
RULE, GRID, BAND = "#C9C9C9", "#E6E6E6", "#DADADA"
STYLE = {
    # A $ in a name is a dollar.
    "text.parse_math": False,
    "text.color": INK,
    "font.size": TEXT_SIZE,
    "axes.axisbelow": True,
    "axes.edgecolor": SECOND_INK,
    "axes.labelcolor": SECOND_INK,
    "axes.labelsize": SMALL_SIZE,
    "axes.titlelocation": "left",
    "axes.titlesize": TEXT_SIZE,
    "axes.titleweight": "bold",
    **{f"axes.spines.{side}": False for side in ("top", "right", "bottom", "left")},
    "grid.color": GRID,
    "legend.borderaxespad": 0,
    "legend.borderpad": 0,
    "legend.fontsize": SMALL_SIZE,
    "legend.frameon": False,
    "legend.handletextpad": 0.5,
    **{f"{axis}tick.major.size": 0 for axis in "xy"},
    "xtick.labelcolor": SECOND_INK,
    "xtick.labelsize": SMALL_SIZE,
    "xtick.major.pad": 6,
}


@contextmanager
def own_style() -> Iterator[None]:
    """Draw by matplotlib's own defaults, not by the user's settings or locale."""
    with mpl.rc_context(), warnings.catch_warnings():
        mpl.rcdefaults()
        mpl.rcParams.update(STYLE)
        # A letter that the typeface lacks is drawn as a box.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        yield


def wrapped(
    text: str, width: float, *, lines: int = 3, size=TEXT_SIZE, weight="normal", **_
) -> str:
    """Break a text into lines of about a width, the last with an ellipsis."""
    font = FontProperties(size=size, weight=weight)
    whole, _, _ = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    letters = max(2, int(width * len(text) / max(whole, 1)))
    return textwrap.fill(text, letters, max_lines=lines, placeholder="…")


def height_of(texts: list[str], size: float = TEXT_SIZE) -> float:
    """The height that the text with the most lines takes."""
    lines = max((text.count("\n") + 1 for text in texts), default=1)
    return lines * size * LINE_SPACING


def ink_on(colour: str) -> str:
    """Black or white, as it is better read on a colour."""
    lightness = np.array(mpl.colors.to_rgb(colour)) ** 2.2 @ [0.2126, 0.7152, 0.0722]
    return PAPER if lightness < 0.2125 else INK


def new_figure() -> Figure:
    figure = Figure(dpi=DOTS_PER_INCH, facecolor=PAPER)
    FigureCanvasAgg(figure)
    return figure


def set_words(
    figure: Figure, body: float, heading: list[str], *, keys: list[Line2D], notes: list
) -> None:
    """Set title, subtitle and a legend of keys above a body of some height, and notes.

    The legend has as many columns as there is room for, and at least one.
    """

    def place(y: float) -> Transform:
        return figure.transFigure + ScaledTranslation(
            MARGIN / POINTS_PER_INCH, y / POINTS_PER_INCH, figure.dpi_scale_trans
        )

    def height(artist: Artist) -> float:
        return artist.get_window_extent().height / dots + GAP

    dots, width = DOTS_PER_INCH / POINTS_PER_INCH, WIDTH - 2 * MARGIN
    top, bottom = MARGIN, MARGIN
    looks = ({"size": TITLE_SIZE, "weight": "bold"}, {"color": SECOND_INK})
    for text, look in zip(heading, looks, strict=True):
        lines = wrapped(text, 0.96 * width, lines=5, **look)
        top += height(figure.text(0, 1, lines, va="top", transform=place(-top), **look))
    for columns in range(len(keys), 0, -1):
        anchor = {"bbox_to_anchor": (0, 1), "bbox_transform": place(-top)}
        legend = figure.legend(handles=keys, ncols=columns, loc="upper left", **anchor)
        if columns == 1 or legend.get_window_extent().width <= width * dots:
            top += height(legend)
            break
        legend.remove()
    if notes:
        look = {"size": SMALL_SIZE, "color": SECOND_INK}
        lines = wrapped(" ".join(notes), 0.96 * width, lines=6, **look)
        bottom += height(figure.text(0, 0, lines, transform=place(bottom), **look))
    # Whole dots, so that no edge is blurred.
    total = round((top + body + bottom) * dots) / dots
    figure.set_size_inches(WIDTH / POINTS_PER_INCH, total / POINTS_PER_INCH)
    rect = (MARGIN / WIDTH, bottom / total, width / WIDTH, body / total)
    pads = {"w_pad": 0.02, "h_pad": 0.02, "wspace": 0.1, "hspace": 0.05}
    figure.set_layout_engine("constrained", rect=rect, **pads)


def to_png(figure: Figure) -> bytes:
    """The drawing as a PNG file: the same bytes for the same drawing.

    At most 256 colours: a chart needs no more, and it is a third of the size.
    """
    figure.canvas.draw()
    image = Image.fromarray(np.asarray(figure.canvas.buffer_rgba())[..., :3].copy())
    few = image.quantize(256, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    # The average of paper and the palest edges is paper.
    few.putpalette([255 if level > 252 else level for level in few.getpalette()])
    file = BytesIO()
    few.save(file, "PNG", dpi=(DOTS_PER_INCH, DOTS_PER_INCH))
    return file.getvalue()
