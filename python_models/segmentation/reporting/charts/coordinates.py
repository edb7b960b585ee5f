"""PCA map: where the enterprises lie on the first two principal components."""

import math
from dataclasses import dataclass

import numpy as np

from segmentation.reporting.charts.chart import Chart
from segmentation.reporting.charts.fitting_text import (
    fit_lines,
    text_height,
    text_width,
)
from segmentation.reporting.charts.round_steps import round_step
from segmentation.reporting.charts.rows import draw_legend, lay_out_legend
from segmentation.reporting.charts.sheet import Sheet
from segmentation.reporting.charts.sources import ChartSources, Segment
from segmentation.reporting.charts.style import (
    GRID,
    INK,
    PAPER,
    SECOND_INK,
    SMALL_SIZE,
    TEXT_SIZE,
)
from segmentation.reporting.charts.texts import ChartTexts

# Enterprises beyond this number are sampled by md5 of their key.
MOST_POINTS = 20_000
# More names than this are read better in a legend than among the points.
MOST_LABELS = 8
PLOT_HEIGHT = 372.0
AXIS_WIDTH = 46.0
AXIS_HEIGHT = 32.0
LABEL_WIDTH = 118.0
PADDING = 14.0
LEAST_TICKS = 4
LEADER_POINTS = 12
# A name may lie so much farther from its centre to uncover a whole segment.
POINTS_PER_COVERED_SHARE = 400.0
# Coordinates that differ by less do so in the last bits of a sum.
LEAST_SPREAD = 1e-9
MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True)
class Scale:
    """An axis that is linear near 0 and logarithmic far from it (asinh).

    It keeps enterprises with exceptional counts on the map without pressing everybody
    else into one spot (Lupton, Gunn and Szalay 1999).

    Attributes
    ----------
    linear_to : float
        Up to here, on both sides of 0, distances look as they are.
    low, high : float
        Ends of the data.
    start, end : float
        Where these lie on the sheet, in points.
    """

    linear_to: float
    low: float
    high: float
    start: float
    end: float

    def place(self, values: np.ndarray | float) -> np.ndarray | float:
        """Put coordinates on the sheet."""
        low, high = np.arcsinh([self.low / self.linear_to, self.high / self.linear_to])
        part = (np.arcsinh(np.asarray(values) / self.linear_to) - low) / (high - low)
        return self.start + part * (self.end - self.start)

    def ticks(self, least_gap: float) -> list[float]:
        """Round values between the ends, 0 and the large ones first, that keep apart.

        Those well within the linear part only where there would be too few.
        """
        chosen: list[float] = []
        for factor in (0, 1, 10, 100, 1000, 0.5, 5, 50, 2, 20, 0.2, 0.1, 0.05):
            if factor in (0.2, 0.1, 0.05) and len(chosen) >= LEAST_TICKS:
                break
            for value in dict.fromkeys(
                (factor * self.linear_to, -factor * self.linear_to)
            ):
                if self.low <= value <= self.high and all(
                    abs(self.place(value) - self.place(other)) >= least_gap
                    for other in chosen
                ):
                    chosen.append(value)
        return sorted(chosen)


@dataclass(frozen=True)
class Map:
    """Coordinates of the enterprises and centres of the segments.

    Attributes
    ----------
    segments : list of Segment
        Those with an enterprise.
    shares : tuple of float
        Share of the variance along each of the two axes.
    xs, ys : dict of str to numpy.ndarray, shape (n_points,)
        By segment key.
    centres : dict of str to (float, float)
        Median coordinates of all enterprises of the segment.
    enterprise_count, point_count : int
    linear_to : float
    """

    segments: list[Segment]
    shares: tuple[float, float]
    xs: dict[str, np.ndarray]
    ys: dict[str, np.ndarray]
    centres: dict[str, tuple[float, float]]
    enterprise_count: int
    point_count: int
    linear_to: float


def read_map(sources: ChartSources) -> Map | None:
    """Read a bounded sample of coordinates, and the centres of everybody's."""
    shares = dict(
        sources.projection_components.project("component, explained_variance_share")
        .filter("component <= 2")
        .order("component")
        .fetchall()
    )
    points = (
        sources.enterprise_segments.project(
            "enterprise_id, model_segment_key, pca_x, pca_y"
        )
        .order("md5(enterprise_id), enterprise_id")
        .limit(MOST_POINTS)
        .order("enterprise_id")
        .fetchnumpy()
    )
    if not shares or not len(points["pca_x"]):
        return None
    summary = sources.enterprise_segments.aggregate(
        "model_segment_key, count(*), median(pca_x), median(pca_y)",
        "model_segment_key",
    ).order("model_segment_key")
    summaries = {key: figures for key, *figures in summary.fetchall()}
    keys = np.asarray(points["model_segment_key"])
    present = [s for s in sources.segments if s.key in summaries]
    spread = np.maximum(np.abs(points["pca_x"]), np.abs(points["pca_y"]))
    # Nine tenths of the enterprises lie where the axes are linear.
    typical = float(np.quantile(spread, 0.9))
    return Map(
        segments=present,
        shares=(shares.get(1, 0.0), shares.get(2, 0.0)),
        xs={s.key: points["pca_x"][keys == s.key] for s in present},
        ys={s.key: points["pca_y"][keys == s.key] for s in present},
        centres={key: (x, y) for key, (_, x, y) in summaries.items()},
        enterprise_count=sum(count for count, *_ in summaries.values()),
        point_count=len(keys),
        linear_to=round_step(typical) if typical > LEAST_SPREAD else 1.0,
    )


def draw_map(content: Map, texts: ChartTexts) -> Chart:
    """Draw one shape per enterprise; names at the centres, or else in a legend."""
    labels = _place_labels(content, texts)
    legend = None
    if labels is None:
        legend = lay_out_legend(content.segments, language=texts.language)
    legend_height = legend.height + 8 if legend else 0.0
    is_sample = content.point_count < content.enterprise_count
    title = texts("title")
    sheet = Sheet.begin(
        title=title,
        subtitle=texts(
            "subtitle_of_sample" if is_sample else "subtitle",
            enterprises=texts.enterprises(content.enterprise_count),
            shown=texts.number(content.point_count),
            linear_to=_coordinate(content.linear_to, texts),
        ),
        body_height=legend_height + PLOT_HEIGHT + AXIS_HEIGHT,
    )
    if legend:
        draw_legend(sheet, legend, left=sheet.left, top=sheet.top)
    top = sheet.top + legend_height
    x_scale, y_scale = _scales(content, top=top)
    _draw_grid(sheet, content, x_scale, y_scale, texts)
    size = 5.0 if content.point_count <= 2_000 else 3.0
    # The largest segments below, the smallest on top of them.
    for segment in sorted(content.segments, key=lambda s: -s.enterprise_count):
        sheet.axes.plot(
            x_scale.place(content.xs[segment.key]),
            y_scale.place(content.ys[segment.key]),
            linestyle="",
            marker=segment.marker,
            ms=size,
            mfc=segment.colour,
            mec=PAPER,
            mew=0.35,
            alpha=0.85,
            zorder=3,
        )
    for segment in content.segments:
        x, y = content.centres[segment.key]
        sheet.mark(
            x_scale.place(x), y_scale.place(y), marker=segment.marker,
            colour=segment.colour, size=10, edge=INK,
        )  # fmt: skip
    for segment, lines, x, y in labels or []:
        centre_x, centre_y = content.centres[segment.key]
        width = max(text_width(line, TEXT_SIZE, is_bold=True) for line in lines)
        leader = _leader(
            (x, top + y, x + width, top + y + text_height(len(lines), TEXT_SIZE)),
            float(x_scale.place(centre_x)),
            float(y_scale.place(centre_y)),
        )
        sheet.line(*zip(*leader, strict=True), colour=INK, zorder=3.5)
        sheet.write(x, top + y, lines, is_bold=True, va="top", has_halo=True)
    return Chart(
        sheet=sheet,
        title=title,
        reading=_read_out(content, texts),
        alternative_text=_describe(content, texts),
    )


def _scales(content: Map, *, top: float) -> tuple[Scale, Scale]:
    def ends(arrays: dict[str, np.ndarray], at: int) -> tuple[float, float]:
        centres = [centre[at] for centre in content.centres.values()]
        values = np.concatenate([*arrays.values(), centres])
        low, high = float(values.min()), float(values.max())
        # One point, or a line, still needs a width to lie in.
        return (low, high) if high > low else (low - 1.0, high + 1.0)

    left = Sheet.left + AXIS_WIDTH
    x_low, x_high = ends(content.xs, 0)
    y_low, y_high = ends(content.ys, 1)
    return (
        Scale(content.linear_to, x_low, x_high, left + PADDING, Sheet.right - PADDING),
        Scale(
            content.linear_to, y_low, y_high, top + PLOT_HEIGHT - PADDING, top + PADDING
        ),
    )


def _draw_grid(
    sheet: Sheet, content: Map, x_scale: Scale, y_scale: Scale, texts: ChartTexts
) -> None:
    left, right = x_scale.start - PADDING, x_scale.end + PADDING
    bottom, top = y_scale.start + PADDING, y_scale.end - PADDING
    for value in x_scale.ticks(least_gap=44):
        x = x_scale.place(value)
        sheet.line([x, x], [top, bottom], colour=GRID)
        sheet.write(
            x, bottom + 9, _coordinate(value, texts),
            size=SMALL_SIZE, colour=SECOND_INK, ha="center",
        )  # fmt: skip
    for value in y_scale.ticks(least_gap=24):
        y = y_scale.place(value)
        sheet.line([left, right], [y, y], colour=GRID)
        sheet.write(
            left - 5, y, _coordinate(value, texts),
            size=SMALL_SIZE, colour=SECOND_INK, ha="right",
        )  # fmt: skip
    first, second = content.shares
    sheet.write(
        (left + right) / 2, bottom + 25, texts("first_axis", share=texts.share(first)),
        ha="center",
    )  # fmt: skip
    sheet.write(
        sheet.left + 6, (top + bottom) / 2,
        texts("second_axis", share=texts.share(second)),
        ha="center", is_upright=True,
    )  # fmt: skip


def _coordinate(value: float, texts: ChartTexts) -> str:
    # As many as a tick has: steps are 1, 2 or 5 times a power of ten, or half of it.
    decimals = next(d for d in range(13) if math.isclose(round(value, d), value))
    text = texts.number(abs(value), decimals=decimals)
    return MINUS + text if value < 0 else text


def _place_labels(
    content: Map, texts: ChartTexts
) -> list[tuple[Segment, list[str], float, float]] | None:
    """Find room for each name near its centre; None if one finds none.

    Of the places that keep clear of other names, their lines and centres, the one that
    covers the least of the segments, each as a share of its points. In the result y
    counts from the top of the plot.
    """
    if len(content.segments) > MOST_LABELS:
        return None
    x_scale, y_scale = _scales(content, top=0.0)
    xs = np.concatenate([x_scale.place(x) for x in content.xs.values()])
    ys = np.concatenate([y_scale.place(y) for y in content.ys.values()])
    weights = np.concatenate(
        [np.full(len(x), 1 / max(len(x), 1)) for x in content.xs.values()]
    )
    centres = {
        segment: tuple(
            float(scale.place(value))
            for scale, value in zip(
                (x_scale, y_scale), content.centres[segment.key], strict=True
            )
        )
        for segment in content.segments
    }
    taken = [(x - 7, y - 7, x + 7, y + 7) for x, y in centres.values()]
    placed: list[tuple[Segment, list[str], float, float]] = []
    names: list[tuple[float, ...]] = []
    leaders: list[tuple[float, float]] = []
    for segment, (x, y) in centres.items():
        lines = fit_lines(
            segment.names[texts.language],
            width=LABEL_WIDTH, size=TEXT_SIZE, most=3, is_bold=True,
        )  # fmt: skip
        width = max(text_width(line, TEXT_SIZE, is_bold=True) for line in lines)
        height = text_height(len(lines), TEXT_SIZE)
        best = None
        for gap in (10, 18, 28, 40, 56):
            for left, top in (
                (x + gap, y - height / 2), (x - gap - width, y - height / 2),
                (x - width / 2, y - gap - height), (x - width / 2, y + gap),
                (x + gap, y - gap - height), (x - gap - width, y - gap - height),
                (x + gap, y + gap), (x - gap - width, y + gap),
            ):  # fmt: skip
                box = (left - 2, top - 2, left + width + 2, top + height + 2)
                if (
                    box[0] < x_scale.start - PADDING
                    or box[2] > x_scale.end + PADDING
                    or box[1] < 0
                    or box[3] > PLOT_HEIGHT
                    or any(_overlap(box, other) for other in taken)
                    or any(_holds(box, point) for point in leaders)
                    or any(
                        _holds(name, point)
                        for name in names
                        for point in _leader(box, x, y)
                    )
                ):
                    continue
                is_covered = (
                    (xs > box[0]) & (xs < box[2]) & (ys > box[1]) & (ys < box[3])
                )
                cost = float(weights[is_covered].sum()) + gap / POINTS_PER_COVERED_SHARE
                if best is None or cost < best[0]:
                    best = (cost, box)
        if best is None:
            return None
        taken.append(best[1])
        names.append(best[1])
        leaders += _leader(best[1], x, y)
        placed.append((segment, lines, best[1][0] + 2, best[1][1] + 2))
    return placed


def _leader(box: tuple[float, ...], x: float, y: float) -> list[tuple[float, float]]:
    """Points of the line from a name's frame, where it is nearest, to its centre."""
    start_x, start_y = min(max(x, box[0]), box[2]), min(max(y, box[1]), box[3])
    return [
        (start_x + (x - start_x) * part, start_y + (y - start_y) * part)
        for part in np.linspace(0, 1, LEADER_POINTS).tolist()
    ]


def _holds(box: tuple[float, ...], point: tuple[float, float]) -> bool:
    return box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]


def _overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return (
        one[0] < other[2]
        and other[0] < one[2]
        and one[1] < other[3]
        and other[1] < one[3]
    )


def _read_out(content: Map, texts: ChartTexts) -> str:
    farthest = max(content.segments, key=lambda s: math.hypot(*content.centres[s.key]))
    return texts(
        "reading_of_one_segment" if len(content.segments) == 1 else "reading",
        share=texts.share(min(1.0, sum(content.shares))),
        segment=farthest.names[texts.language],
    )


def _describe(content: Map, texts: ChartTexts) -> str:
    def centre(segment: Segment) -> str:
        x, y = content.centres[segment.key]
        return texts(
            "centre",
            segment=segment.names[texts.language],
            x=_signed(x, texts),
            y=_signed(y, texts),
        )

    return texts(
        "alternative_text",
        first_share=texts.share(content.shares[0]),
        second_share=texts.share(content.shares[1]),
        shown=texts.enterprises(content.point_count),
        centres=texts.listed([centre(segment) for segment in content.segments]),
    )


def _signed(value: float, texts: ChartTexts) -> str:
    text = texts.number(abs(value), decimals=1)
    return MINUS + text if value <= -0.05 else text
