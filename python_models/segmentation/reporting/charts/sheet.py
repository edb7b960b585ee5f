"""A sheet to draw on: one matplotlib figure whose unit is the point.

Everything, axes and their labels too, is placed by its coordinates, from the left and
from the top. So what must fit is measured before it is drawn, and every chart is drawn
once.
"""

from dataclasses import dataclass
from io import BytesIO

import numpy as np
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path
from PIL import Image

from segmentation.reporting.charts.fitting_text import fit_lines, text_height
from segmentation.reporting.charts.style import (
    CAPITAL_HEIGHT,
    DOTS_PER_INCH,
    INK,
    PAPER,
    RULE,
    SECOND_INK,
    SMALL_SIZE,
    TEXT_SIZE,
    TITLE_SIZE,
    WIDTH,
    font,
)

MARGIN = 6.0
POINTS_PER_INCH = 72


@dataclass
class Sheet:
    """A figure with the title written and room for a body of a given height.

    Attributes
    ----------
    axes : matplotlib.axes.Axes
        Covers the sheet; x from the left and y from the top, in points.
    top : float
        Where the body begins.
    left, right : float
        Between which it lies.
    """

    axes: Axes
    top: float
    left: float = MARGIN
    right: float = WIDTH - MARGIN

    @classmethod
    def begin(
        cls, *, title: str, subtitle: str, body_height: float, note: str = ""
    ) -> "Sheet":
        """Lay out a sheet: title, what is shown and how, the body, a note."""
        width = WIDTH - 2 * MARGIN
        title_lines = fit_lines(
            title, width=width, size=TITLE_SIZE, most=3, is_bold=True
        )
        subtitle_lines = fit_lines(subtitle, width=width, size=TEXT_SIZE, most=5)
        note_lines = fit_lines(note, width=width, size=SMALL_SIZE, most=5)
        subtitle_top = MARGIN + text_height(len(title_lines), TITLE_SIZE) + 3
        top = subtitle_top + text_height(len(subtitle_lines), TEXT_SIZE) + 12
        bottom = top + body_height
        height = bottom + MARGIN
        if note:
            height += 10 + text_height(len(note_lines), SMALL_SIZE)
        # Whole dots, so that no edge is blurred.
        dots = round(height / POINTS_PER_INCH * DOTS_PER_INCH)
        figure = Figure(
            figsize=(WIDTH / POINTS_PER_INCH, dots / DOTS_PER_INCH),
            dpi=DOTS_PER_INCH,
            facecolor=PAPER,
        )
        FigureCanvasAgg(figure)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        axes.set_xlim(0, WIDTH)
        axes.set_ylim(dots / DOTS_PER_INCH * POINTS_PER_INCH, 0)
        axes.set_autoscale_on(False)
        sheet = cls(axes=axes, top=top)
        sheet.write(
            MARGIN, MARGIN, title_lines, size=TITLE_SIZE, is_bold=True, va="top"
        )
        sheet.write(MARGIN, subtitle_top, subtitle_lines, colour=SECOND_INK, va="top")
        if note:
            sheet.write(
                MARGIN,
                bottom + 10,
                note_lines,
                size=SMALL_SIZE,
                colour=SECOND_INK,
                va="top",
            )
        return sheet

    def write(
        self,
        x: float,
        y: float,
        lines: str | list[str],
        *,
        size: float = TEXT_SIZE,
        colour: str = INK,
        is_bold: bool = False,
        ha: str = "left",
        va: str = "center",
        has_halo: bool = False,
        is_upright: bool = False,
    ) -> None:
        """Write one or more lines, placed by their capitals and not by their accents.

        Parameters
        ----------
        x, y : float
        lines : str or list of str
        ha : {'left', 'center', 'right'}
            What of the lines lies at x.
        va : {'center', 'top'}
            What of the lines lies at y.
        size, colour, is_bold, has_halo, is_upright
            Upright text is one line, read from below, centred on (x, y).
        """
        lines = [lines] if isinstance(lines, str) else lines
        height = text_height(1, size)
        if va == "center":
            y -= height * len(lines) / 2
        for i, line in enumerate(lines):
            baseline = y + (i + 0.5) * height + CAPITAL_HEIGHT * size / 2
            text = self.axes.text(
                x,
                y + height / 2 if is_upright else baseline,
                line,
                fontproperties=font(size, is_bold=is_bold),
                color=colour,
                ha=ha,
                va="center" if is_upright else "baseline",
                rotation=90 if is_upright else 0,
                zorder=5,
            )
            if has_halo:
                text.set_path_effects(
                    [patheffects.withStroke(linewidth=2.5, foreground=PAPER)]
                )

    def bar(
        self, x: float, y: float, width: float, height: float, *, colour: str
    ) -> None:
        """Fill a rectangle from its upper left corner."""
        self.axes.add_patch(Rectangle((x, y), width, height, fc=colour, lw=0, zorder=2))

    def line(
        self,
        xs: list[float],
        ys: list[float],
        *,
        colour: str = RULE,
        width: float = 0.8,
        dashes: tuple[float, float] | None = None,
        zorder: float = 1,
    ) -> None:
        """Draw a line through points."""
        self.axes.plot(
            xs,
            ys,
            color=colour,
            lw=width,
            linestyle=(0, dashes) if dashes else "-",
            zorder=zorder,
        )

    def mark(
        self,
        x: float,
        y: float,
        *,
        marker: str,
        colour: str,
        size: float = 7.0,
        is_hollow: bool = False,
        edge: str | None = None,
    ) -> None:
        """Put the shape of a segment at a point."""
        self.axes.plot(
            [x],
            [y],
            marker=marker,
            ms=size,
            mfc=PAPER if is_hollow else colour,
            mec=edge or colour,
            mew=1.1 if is_hollow else 0.6,
            linestyle="",
            zorder=4,
        )

    def ribbon(
        self,
        x0: float,
        y0: tuple[float, float],
        x1: float,
        y1: tuple[float, float],
        *,
        colour: str,
        opacity: float,
    ) -> None:
        """Fill a band that flows from one vertical stretch to another."""
        middle = (x0 + x1) / 2
        corners = [
            (x0, y0[0]), (middle, y0[0]), (middle, y1[0]), (x1, y1[0]),
            (x1, y1[1]), (middle, y1[1]), (middle, y0[1]), (x0, y0[1]), (x0, y0[0]),
        ]  # fmt: skip
        curve = [Path.CURVE4] * 3
        path = Path(corners, [Path.MOVETO, *curve, Path.LINETO, *curve, Path.CLOSEPOLY])
        self.axes.add_patch(
            PathPatch(path, fc=colour, alpha=opacity, lw=0.3, ec=colour, zorder=2)
        )

    def to_png(self) -> bytes:
        """The drawing as a PNG file: the same bytes for the same drawing.

        At most 256 colours: a chart needs no more, and it is a third of the size.
        """
        canvas = self.axes.figure.canvas
        canvas.draw()
        image = Image.fromarray(np.asarray(canvas.buffer_rgba())[..., :3].copy())
        few = image.quantize(
            256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE
        )
        file = BytesIO()
        few.save(
            file,
            "PNG",
            optimize=True,
            dpi=(DOTS_PER_INCH, DOTS_PER_INCH),
        )
        return file.getvalue()
