"""A sheet to draw on: one matplotlib figure whose unit is the point.

Everything, axes and their labels too, is placed by its coordinates, from the left and
from the top. A sheet is as wide as the page of a report: on a screen it is shown at
about half its pixels, and the smallest letters stay readable.
"""

import math
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.textpath import text_to_path
from PIL import Image

from segmentation.reporting.charts.reading import Segment
from segmentation.reporting.charts.texts import ChartTexts

WIDTH, MARGIN = 576.0, 6.0
DOTS_PER_INCH, POINTS_PER_INCH = 200, 72
TITLE_SIZE, TEXT_SIZE, SMALL_SIZE = 14.0, 9.5, 8.5
LINE_SPACING = 1.22
# Of the typeface, as a part of its size.
CAPITAL_HEIGHT = 0.729
# Hinting may draw letters a little wider than the outlines are.
HINTING_ALLOWANCE = 1.02

INK, PAPER = "#1A1A1A", "#FFFFFF"
# Contrast to white 7 and 5: secondary text is still text.
SECOND_INK, FAINT_INK = "#565656", "#707070"
RULE, GRID, BAND = "#C9C9C9", "#E6E6E6", "#DADADA"

# Names take the width of the longest, up to this.
MOST_NAME_WIDTH = 158.0
# From the left edge of a segment's shape to its name.
SHAPE_WIDTH = 15.0
LEGEND_GAP = 16.0
LEAST_ROW_HEIGHT = 24.0

Points = float | list[float] | np.ndarray


@cache
def font(size: float, is_bold: bool = False) -> FontProperties:
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
        # A $ in a name is a dollar.
        mpl.rcParams.update({"text.parse_math": False, "lines.solid_capstyle": "butt"})
        # A letter that the typeface lacks is drawn as a box.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        yield


def contrast_to_white(colour: str) -> float:
    """Contrast ratio to white, 1 to 21, as WCAG 2.2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in parts
    )
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def ink_on(colour: str) -> str:
    return PAPER if contrast_to_white(colour) >= 4 else INK


@cache
def text_width(text: str, size: float, *, is_bold: bool = False) -> float:
    width, _, _ = text_to_path.get_text_width_height_descent(
        text, font(size, is_bold), ismath=False
    )
    return width * HINTING_ALLOWANCE


def widest(lines: Iterable[str], size=TEXT_SIZE) -> float:
    return max((text_width(line, size) for line in lines), default=0.0)


def text_height(line_count: int, size: float = TEXT_SIZE) -> float:
    return line_count * size * LINE_SPACING


def fit_lines(
    text: str, width: float, size: float = TEXT_SIZE, *, most: int = 1, is_bold=False
) -> list[str]:
    """Break a text into at most so many lines that fit, the last with an ellipsis."""

    def fits(line: str) -> bool:
        return text_width(line, size, is_bold=is_bold) <= width

    # Not split(): a no-break space must not break.
    words = [word for word in text.replace("\n", " ").split(" ") if word]
    lines = [""]
    for word in words:
        joined = f"{lines[-1]} {word}".strip(" ")
        if fits(joined):
            lines[-1] = joined
            continue
        if lines[-1]:
            lines.append("")
        for letter in word:
            if not fits(lines[-1] + letter):
                lines.append("")
            lines[-1] += letter
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while last and not fits(f"{last}…"):
        last = last[:-1]
    return [*lines[: most - 1], f"{last.rstrip(' ,;:-')}…"]


class Sheet:
    """A figure with title and subtitle, to be filled from ``y`` downwards.

    ``axes`` cover it, with x from the left and y from the top in points; ``notes`` are
    sentences to stand below the body, which lies between ``left`` and ``right``.
    """

    left = MARGIN
    right = WIDTH - MARGIN

    def __init__(self, texts: ChartTexts, **fields: str) -> None:
        figure = Figure(dpi=DOTS_PER_INCH, facecolor=PAPER)
        FigureCanvasAgg(figure)
        self.axes = figure.add_axes((0, 0, 1, 1), xlim=(0, WIDTH), autoscale_on=False)
        self.axes.set_axis_off()
        self.texts, self.y = texts, MARGIN
        self.notes, self.panels = [], []
        self._set(texts("title"), size=TITLE_SIZE, most=3, is_bold=True)
        self.y += 3
        self._set(texts("subtitle", **fields), colour=SECOND_INK)
        self.y += 12

    def _set(self, text: str, *, size=TEXT_SIZE, most=5, **look) -> None:
        width, is_bold = self.right - self.left, look.get("is_bold", False)
        lines = fit_lines(text, width, size, most=most, is_bold=is_bold)
        self.write(self.left, self.y, lines, size=size, va="top", **look)
        self.y += text_height(len(lines), size)

    def end(self) -> None:
        """Write the notes below the body, and cut the sheet there."""
        if self.notes:
            self.y += 10
            self._set(" ".join(self.notes), size=SMALL_SIZE, colour=SECOND_INK)
        # Whole dots, so that no edge is blurred.
        height = round((self.y + MARGIN) / POINTS_PER_INCH * DOTS_PER_INCH)
        inches = height / DOTS_PER_INCH
        self.axes.figure.set_size_inches(WIDTH / POINTS_PER_INCH, inches)
        points = inches * POINTS_PER_INCH
        self.axes.set_ylim(points, 0)
        for axes, left, bottom, *size in self.panels:
            part = np.array([left, points - bottom, *size])
            axes.set_position(part / [WIDTH, points, WIDTH, points])

    def write(
        self, x: float, y: float, lines: str | list[str], *, size: float = TEXT_SIZE,
        colour: str = INK, is_bold: bool = False, va: str = "center", **look
    ) -> None:  # fmt: skip
        """Write lines, placed by their capitals; y is their middle or their top."""
        lines = [lines] if isinstance(lines, str) else lines
        look |= {"fontproperties": font(size, is_bold), "color": colour, "zorder": 5}
        y += CAPITAL_HEIGHT * size / 2 + text_height(1, size) / 2
        y -= text_height(len(lines), size) / 2 if va == "center" else 0
        for i, line in enumerate(lines):
            self.axes.text(x, y + text_height(i, size), line, **look)

    def small(self, x: float, y: float, lines: str | list[str], **look) -> None:
        self.write(x, y, lines, size=SMALL_SIZE, **{"colour": SECOND_INK} | look)

    def bar(
        self, x: float, y: float, width: float, height: float, colour: str, **look
    ) -> None:
        """Fill a rectangle from its left side, which has its middle at y."""
        look = {"lw": 0, "zorder": 2} | look
        bar = Rectangle((x, y - height / 2), width, height, fc=colour, **look)
        self.axes.add_artist(bar)

    def line(self, xs: Points, ys: Points, *, colour: str = RULE, **look) -> None:
        look = {"lw": 0.8, "zorder": 1} | look
        self.axes.add_artist(Line2D(xs, ys, color=colour, **look))

    def vertical(self, x: float, top: float, bottom: float, **look) -> None:
        self.line([x, x], [top, bottom], **look)

    def shape(
        self, segment: Segment, x: Points, y: Points, *, is_zero=False, **look
    ) -> None:
        """Put the shape of a segment at one or more points; at zero it is hollow."""
        look = {"ms": 7, "mew": 1.1 if is_zero else 0.6, "zorder": 4} | look
        look = {"mfc": PAPER if is_zero else segment.colour, "ls": ""} | look
        xs, ys = np.atleast_1d(x), np.atleast_1d(y)
        line = Line2D(xs, ys, marker=segment.marker, mec=segment.colour, **look)
        self.axes.add_artist(line)

    def panel(self, left: float, width: float, height: float) -> Axes:
        """Give axes of matplotlib's own, from ``y`` downwards, without a frame."""
        axes = self.axes.figure.add_axes((0, 0, 1, 1), facecolor="none", frame_on=False)
        self.panels.append((axes, left, self.y + height, width, height))
        axes.tick_params(length=0, pad=4, labelcolor=SECOND_INK)
        return axes

    def axis(self, axes: Axes, side: str, ticks: dict[float, str], words="") -> None:
        """Write the labels of an axis and its words, and draw its grid."""
        getattr(axes, f"set_{side}ticks")([*ticks], [*ticks.values()])
        getattr(axes, f"set_{side}label")(words, color=SECOND_INK, labelpad=6)
        axis = getattr(axes, f"{side}axis")
        for text in (axis.label, *axis.get_ticklabels()):
            text.set_fontproperties(font(SMALL_SIZE))
        axis.grid(visible=True, color=GRID, lw=0.8)
        axes.set_axisbelow(True)

    def names(self, segments: list[Segment]) -> tuple[float, list]:
        """Write names in rows; where they end, and each segment with its middle."""
        rows, widths = [], [0.0]
        for segment in segments:
            name = self.texts.name(segment)
            lines = fit_lines(name, MOST_NAME_WIDTH, most=3)
            height = max(LEAST_ROW_HEIGHT, text_height(len(lines)) + 7)
            rows.append((segment, self.y + height / 2))
            self.shape(segment, self.left + 5, rows[-1][1])
            self.write(self.left + SHAPE_WIDTH, rows[-1][1], lines)
            self.y += height
            widths.append(widest(lines))
        return self.left + SHAPE_WIDTH + max(widths) + 10, rows

    def legend(self, segments: list[Segment]) -> None:
        """Set names in one line, or else in columns, read line by line."""
        names = [self.texts.name(segment) for segment in segments]
        widths = [widest([n], SMALL_SIZE) + SHAPE_WIDTH + LEGEND_GAP for n in names]
        room = self.right - self.left + LEGEND_GAP
        starts, width = [sum(widths[:i]) for i in range(len(widths))], room
        if sum(widths) > room:
            # Two columns at the least: longer names take more lines.
            count = max(2, int(room // max(widths)))
            width = min(max(widths), room / count)
            starts = [i * width for i in range(count)]
        width -= SHAPE_WIDTH + LEGEND_GAP
        for row in range(0, len(segments), len(starts)):
            lines_of = [
                fit_lines(name, width, SMALL_SIZE, most=2)
                for name in names[row : row + len(starts)]
            ]
            height = text_height(max(map(len, lines_of)), SMALL_SIZE) + 4
            for x, segment, lines in zip(
                starts, segments[row:], lines_of, strict=False
            ):
                self.shape(segment, self.left + x + 5, self.y + height / 2)
                x += self.left + SHAPE_WIDTH
                self.small(x, self.y + height / 2, lines, colour=INK)
            self.y += height
        self.y += 8

    def to_png(self) -> bytes:
        """The drawing as a PNG file: the same bytes for the same drawing.

        At most 256 colours: a chart needs no more, and it is a third of the size.
        """
        canvas = self.axes.figure.canvas
        canvas.draw()
        image = Image.fromarray(np.asarray(canvas.buffer_rgba())[..., :3].copy())
        few = image.quantize(256, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        # The average of paper and the palest edges is paper.
        few.putpalette([255 if level > 252 else level for level in few.getpalette()])
        file = BytesIO()
        few.save(file, "PNG", dpi=(DOTS_PER_INCH, DOTS_PER_INCH))
        return file.getvalue()


def round_step(least: float) -> float:
    """The smallest of 1, 2 and 5 times a power of ten that is at least a number."""
    power = 10.0 ** math.floor(math.log10(least))
    # The sixth decimal: a power of ten may be off in the last bits.
    return next(f * power for f in (1, 2, 5, 10) if f * power >= least * (1 - 1e-6))
