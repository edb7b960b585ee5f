"""Rows and legends of segments, which several charts share."""

from dataclasses import dataclass

from segmentation.reporting.charts.fitting_text import (
    fit_lines,
    text_height,
    text_width,
)
from segmentation.reporting.charts.sheet import Sheet
from segmentation.reporting.charts.sources import Segment
from segmentation.reporting.charts.style import SMALL_SIZE, TEXT_SIZE, WIDTH

# Names take the width of the longest, up to this.
MOST_NAME_WIDTH = 158.0
# From the left edge of a segment's shape to its name.
SHAPE_WIDTH = 15.0
LEGEND_GAP = 16.0
LEAST_ROW_HEIGHT = 24.0


@dataclass(frozen=True)
class Row:
    """A segment's row: its name in lines, and where it lies below the first row."""

    segment: Segment
    lines: list[str]
    middle: float


@dataclass(frozen=True)
class Rows:
    """All rows: their height together, and where at the right of the names is room."""

    rows: list[Row]
    height: float
    right: float

    def write_names(self, sheet: Sheet, *, top: float) -> None:
        """Write the names and shapes at the left of the sheet."""
        for row in self.rows:
            y = top + row.middle
            shape, colour = row.segment.marker, row.segment.colour
            sheet.mark(sheet.left + 5, y, marker=shape, colour=colour)
            sheet.write(sheet.left + SHAPE_WIDTH, y, row.lines)


def lay_out_rows(segments: list[Segment], *, language: str) -> Rows:
    """Give every segment a row that is as high as its name needs."""
    rows, top, widest = [], 0.0, 0.0
    for segment in segments:
        lines = fit_lines(
            segment.names[language], width=MOST_NAME_WIDTH, size=TEXT_SIZE, most=3
        )
        height = max(LEAST_ROW_HEIGHT, text_height(len(lines), TEXT_SIZE) + 7)
        rows.append(Row(segment, lines, top + height / 2))
        top += height
        widest = max(widest, *(text_width(line, TEXT_SIZE) for line in lines))
    return Rows(rows, top, Sheet.left + SHAPE_WIDTH + widest + 10)


@dataclass(frozen=True)
class Legend:
    """Where the entries of a legend lie, and how high it is."""

    entries: list[tuple[Segment, list[str], float, float]]
    height: float


def lay_out_legend(
    segments: list[Segment], *, language: str, width: float = WIDTH - 12
) -> Legend:
    """Set the segments' names in one line, or else in columns, read line by line."""
    names = [segment.names[language] for segment in segments]
    widths = [text_width(name, SMALL_SIZE) + SHAPE_WIDTH + LEGEND_GAP for name in names]
    if sum(widths) <= width + LEGEND_GAP:
        height = text_height(1, SMALL_SIZE) + 4
        return Legend(
            [
                (segment, [name], sum(widths[:i]), height / 2)
                for i, (segment, name) in enumerate(zip(segments, names, strict=True))
            ],
            height,
        )
    # Two columns at the least: longer names take more lines.
    column_count = max(2, int((width + LEGEND_GAP) // max(widths)))
    column_width = min(max(widths), (width + LEGEND_GAP) / column_count)
    entries, top = [], 0.0
    for start in range(0, len(segments), column_count):
        lines_of = [
            fit_lines(
                name,
                width=column_width - SHAPE_WIDTH - LEGEND_GAP,
                size=SMALL_SIZE,
                most=2,
            )
            for name in names[start : start + column_count]
        ]
        line_count = max(map(len, lines_of))
        height = text_height(line_count, SMALL_SIZE) + 4
        for i, lines in enumerate(lines_of):
            entries.append(
                (segments[start + i], lines, i * column_width, top + height / 2)
            )
        top += height
    return Legend(entries, top)


def draw_legend(sheet: Sheet, legend: Legend, *, left: float, top: float) -> None:
    """Draw the shapes and names of a legend."""
    for segment, lines, x, middle in legend.entries:
        y = top + middle
        sheet.mark(left + x + 5, y, marker=segment.marker, colour=segment.colour)
        sheet.write(left + x + SHAPE_WIDTH, y, lines, size=SMALL_SIZE)
