"""Number of clusters: the elbow, and the silhouette with its reference by chance."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from segmentation.reporting.charts.chart import Chart
from segmentation.reporting.charts.fitting_text import text_width
from segmentation.reporting.charts.round_steps import round_step
from segmentation.reporting.charts.sheet import Sheet
from segmentation.reporting.charts.sources import ChartSources
from segmentation.reporting.charts.style import (
    BAND,
    FAINT_INK,
    GRID,
    INK,
    PAPER,
    SECOND_INK,
    SMALL_SIZE,
    WIDTH,
)
from segmentation.reporting.charts.texts import ChartTexts, is_known

PLOT_HEIGHT = 190.0
HEADING_HEIGHT = 18.0
FLAG_HEIGHT = 13.0
AXIS_HEIGHT = 36.0
# At the least, left of a panel, for the numbers of its axis.
TICK_WIDTH = 40.0
TICK_GAP = 5.0
PANEL_GAP = 16.0
END_LABEL_WIDTH = 84.0


@dataclass(frozen=True)
class ClusterCount:
    """Figures of one number of clusters; None where they could not be computed."""

    cluster_count: int
    inertia: float | None
    silhouette: float | None
    null_silhouette: float | None
    highest_null_silhouette: float | None
    is_selected: bool
    is_advised: bool


def read_cluster_counts(sources: ChartSources) -> list[ClusterCount] | None:
    """Read the evaluation, if it was made."""
    rows = (
        sources.cluster_count_evaluation.project(
            "cluster_count, inertia, silhouette, null_silhouette,"
            " highest_null_silhouette, is_selected, is_advised"
        )
        .order("cluster_count")
        .fetchall()
    )
    counts = [
        ClusterCount(
            row[0], *(v if is_known(v) else None for v in row[1:5]), *map(bool, row[5:])
        )
        for row in rows
    ]
    return counts if any(count.inertia is not None for count in counts) else None


@dataclass(frozen=True)
class Plot:
    """Where a panel lies, and its scales."""

    left: float
    right: float
    top: float
    counts: list[int]
    low: float
    high: float

    def x(self, cluster_count: int) -> float:
        """Place of a number of clusters."""
        first, last = self.counts[0], self.counts[-1]
        if first == last:
            return (self.left + self.right) / 2
        inner = self.right - self.left - 16
        return self.left + 8 + (cluster_count - first) / (last - first) * inner

    def y(self, value: float) -> float:
        """Place of a figure."""
        part = (value - self.low) / (self.high - self.low)
        return self.top + PLOT_HEIGHT * (1 - part)


def draw_cluster_counts(counts: list[ClusterCount], texts: ChartTexts) -> Chart:
    """Two panels over one axis: inertia, and silhouette beside shuffled copies."""
    flags = _flags(counts)
    above = HEADING_HEIGHT + FLAG_HEIGHT * len(flags) + 10
    title = texts("title")
    sheet = Sheet.begin(
        title=title,
        subtitle=texts("subtitle"),
        body_height=above + PLOT_HEIGHT + AXIS_HEIGHT,
    )
    top = sheet.top + above
    numbers = [count.cluster_count for count in counts]
    inertias = [c.inertia for c in counts if c.inertia is not None]
    highest = max(inertias) * 1.05 or 1.0
    # Unscaled features have an inertia of many digits.
    inertia_width = max(
        TICK_WIDTH,
        *(
            text_width(label, SMALL_SIZE) + TICK_GAP + 3
            for _, label in _ticks(0.0, highest, texts)
        ),
    )
    width = (WIDTH - 12 - inertia_width - TICK_WIDTH - PANEL_GAP - END_LABEL_WIDTH) / 2
    left = sheet.left + inertia_width
    elbow = Plot(left, left + width, top, numbers, 0.0, highest)
    known = [
        value
        for c in counts
        for value in (c.silhouette, c.null_silhouette, c.highest_null_silhouette)
        if value is not None
    ]
    left = elbow.right + PANEL_GAP + TICK_WIDTH
    low = min([0.0, *known])
    high = max([0.1, *known])
    separation = Plot(left, left + width, top, numbers, low, high * 1.05)

    for plot, heading, tick_width in (
        (elbow, "inertia", inertia_width),
        (separation, "silhouette", TICK_WIDTH),
    ):
        sheet.write(plot.left - tick_width, sheet.top + 7, texts(heading), is_bold=True)
        _draw_frame(sheet, plot, texts)
        _draw_flags(sheet, plot, flags, texts, top=sheet.top + HEADING_HEIGHT)
    if not any(c.is_advised for c in counts):
        sheet.write(
            separation.right, sheet.top + 7, texts("no_advice"),
            size=SMALL_SIZE, ha="right",
        )  # fmt: skip
    _draw_series(sheet, elbow, counts, lambda c: c.inertia)
    _draw_chance(sheet, separation, counts)
    _draw_series(sheet, separation, counts, lambda c: c.silhouette)
    _label_ends(sheet, separation, counts, texts)
    return Chart(
        sheet=sheet,
        title=title,
        reading=_read_out(counts, texts),
        alternative_text=texts(
            "alternative_text",
            first=texts.number(numbers[0]),
            last=texts.number(numbers[-1]),
            silhouettes=", ".join(
                texts(
                    "silhouette_of_count",
                    count=texts.number(c.cluster_count),
                    silhouette=texts.number(c.silhouette, decimals=2),
                )
                for c in counts
                if c.silhouette is not None
            )
            or texts("unknown"),
            verdict=_read_out(counts, texts),
        ),
    )


def _draw_frame(sheet: Sheet, plot: Plot, texts: ChartTexts) -> None:
    bottom = plot.top + PLOT_HEIGHT
    for value, label in _ticks(plot.low, plot.high, texts):
        y = plot.y(value)
        sheet.line(
            [plot.left, plot.right], [y, y], colour=FAINT_INK if value == 0 else GRID
        )
        sheet.write(
            plot.left - TICK_GAP, y, label,
            size=SMALL_SIZE, colour=SECOND_INK, ha="right",
        )  # fmt: skip
    ticked: list[int] = []
    for number in plot.counts:
        label = texts.number(number)
        if any(
            abs(plot.x(number) - plot.x(other)) < text_width(label, SMALL_SIZE) + 5
            for other in ticked
        ):
            continue
        ticked.append(number)
        sheet.write(
            plot.x(number), bottom + 10, label,
            size=SMALL_SIZE, colour=SECOND_INK, ha="center",
        )  # fmt: skip
    sheet.write(
        (plot.left + plot.right) / 2, bottom + 27, texts("count_axis"),
        size=SMALL_SIZE, colour=SECOND_INK, ha="center",
    )  # fmt: skip


def _ticks(low: float, high: float, texts: ChartTexts) -> list[tuple[float, str]]:
    """Round values from low to high with their labels."""
    step = round_step((high - low) / 5)
    decimals = 0 if step >= 1 else 1 if step >= 0.1 else 2
    first, last = math.ceil(low / step), math.floor(high / step)
    return [
        (index * step, texts.number(index * step, decimals=decimals))
        for index in range(first, last + 1)
    ]


def _draw_flags(
    sheet: Sheet,
    plot: Plot,
    flags: list[tuple[ClusterCount, str]],
    texts: ChartTexts,
    *,
    top: float,
) -> None:
    """Mark numbers of clusters by a line each, with the word for it on top."""
    bottom = plot.top + PLOT_HEIGHT
    for i, (count, word) in enumerate(flags):
        x = plot.x(count.cluster_count)
        label = texts(word, count=texts.number(count.cluster_count))
        y = top + FLAG_HEIGHT * (i + 0.5)
        sheet.line([x, x], [y - 5, bottom], colour=SECOND_INK, dashes=(3, 2))
        has_room = x + 4 + text_width(label, SMALL_SIZE) <= plot.right
        sheet.write(
            x + 4 if has_room else x - 4, y, label,
            size=SMALL_SIZE, ha="left" if has_room else "right", has_halo=True,
        )  # fmt: skip


def _flags(counts: list[ClusterCount]) -> list[tuple[ClusterCount, str]]:
    """Which numbers of clusters are marked, and by which word."""
    flags = []
    for count in counts:
        if count.is_selected and count.is_advised:
            flags.append((count, "selected_and_advised"))
        elif count.is_selected:
            flags.append((count, "selected"))
        elif count.is_advised:
            flags.append((count, "advised"))
    return flags


def _draw_series(
    sheet: Sheet,
    plot: Plot,
    counts: list[ClusterCount],
    figure: Callable[[ClusterCount], float | None],
) -> None:
    known = [(c, figure(c)) for c in counts if figure(c) is not None]
    sheet.line(
        [plot.x(c.cluster_count) for c, _ in known],
        [plot.y(value) for _, value in known],
        colour=INK, width=1.6, zorder=3,
    )  # fmt: skip
    for c, value in known:
        sheet.mark(
            plot.x(c.cluster_count), plot.y(value), marker="o", size=5.5,
            colour=INK if c.is_selected or c.is_advised else PAPER, edge=INK,
        )  # fmt: skip


def _draw_chance(sheet: Sheet, plot: Plot, counts: list[ClusterCount]) -> None:
    known = [
        c
        for c in counts
        if c.null_silhouette is not None and c.highest_null_silhouette is not None
    ]
    xs = [plot.x(c.cluster_count) for c in known]
    means = [plot.y(c.null_silhouette) for c in known]
    highest = [plot.y(c.highest_null_silhouette) for c in known]
    sheet.axes.fill_between(xs, means, highest, color=BAND, lw=0, zorder=1.5)
    sheet.line(xs, means, colour=FAINT_INK, width=1.3, dashes=(4, 2), zorder=2)


def _label_ends(
    sheet: Sheet, plot: Plot, counts: list[ClusterCount], texts: ChartTexts
) -> None:
    """Name the two curves where they end, one below the other."""
    ends = []
    for figure, word, colour in (
        (lambda c: c.silhouette, "your_enterprises", INK),
        (lambda c: c.null_silhouette, "shuffled_copies", FAINT_INK),
    ):
        values = [figure(c) for c in counts if figure(c) is not None]
        if values:
            lines = texts(word).split("|")
            ends.append([plot.y(values[-1]), lines, colour])
    ends.sort(key=lambda end: end[0])
    least = 12.0 * (len(ends[0][1]) + len(ends[-1][1])) / 2 + 3 if ends else 0.0
    if len(ends) == 2 and ends[1][0] - ends[0][0] < least:
        middle = (ends[0][0] + ends[1][0]) / 2
        ends[0][0], ends[1][0] = middle - least / 2, middle + least / 2
    bottom = plot.top + PLOT_HEIGHT
    if ends:
        beyond = max(0.0, ends[-1][0] - bottom + 6)
        for y, lines, colour in ends:
            sheet.write(
                plot.right + 5, y - beyond, lines, size=SMALL_SIZE, colour=colour
            )


def _read_out(counts: list[ClusterCount], texts: ChartTexts) -> str:
    selected = [c for c in counts if c.is_selected]
    advised = [c for c in counts if c.is_advised]
    fields = {
        "selected": texts.number(selected[0].cluster_count) if selected else "",
        "advised": texts.number(advised[0].cluster_count) if advised else "",
    }
    if not advised:
        return texts("reading_without_advice", **fields)
    if selected == advised:
        return texts("reading_of_advised_choice", **fields)
    return texts("reading_of_other_advice", **fields)
