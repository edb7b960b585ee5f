"""Social indicators: how followers are spread within each segment, as box plots.

The engine gives the quantiles and a bounded number of the counts beyond them. The boxes
are Tukey's (1977), but for their whiskers, which end at the 5th and 95th percentile: a
multiple of the distance between quartiles would depend on the scale.
"""

from dataclasses import dataclass

from duckdb import DuckDBPyRelation

from segmentation.reporting.charts.chart import Chart
from segmentation.reporting.charts.panels import (
    AXIS_HEIGHT,
    HEADING_HEIGHT,
    MAIN_PLATFORMS,
    PLATFORMS,
    Panel,
    draw_panel,
    lay_out_panels,
)
from segmentation.reporting.charts.rows import lay_out_rows
from segmentation.reporting.charts.sheet import Sheet
from segmentation.reporting.charts.sources import ChartSources, Segment
from segmentation.reporting.charts.style import FAINT_INK, INK, SMALL_SIZE, ink_on
from segmentation.reporting.charts.texts import ChartTexts

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
# A box of fewer values would show quartiles that nobody has: they are drawn one by one.
LEAST_BOXED = 5
# At most so many counts are drawn beyond the whiskers of a box.
MOST_OUTLIERS = 40
BOX_HEIGHT = 13.0
# A median nearer to an end of its box is drawn beyond it, or it could not be told.
LEAST_MEDIAN_GAP = 1.5
MEDIAN_WIDTH = 1.3


@dataclass(frozen=True)
class Box:
    """Known counts of a segment on a platform; quantiles are None without any."""

    known_count: int
    quantiles: tuple[float, ...] | None
    points: list[float]


@dataclass(frozen=True)
class Boxes:
    """The boxes by segment key and platform.

    ``unfollowed`` are the main platforms where nobody has followers, ``unknown`` those
    where nobody's are known: they are not drawn.
    """

    segments: list[Segment]
    platforms: list[str]
    unfollowed: list[str]
    unknown: list[str]
    boxes: dict[tuple[str, str], Box]


def read_boxes(sources: ChartSources) -> Boxes | None:
    """Have the engine compute quantiles and pick the counts beyond them."""
    if not any(s.enterprise_count for s in sources.segments):
        return None
    boxes = {}
    for platform in ("total", *PLATFORMS):
        counts = sources.enterprise_segments.project(
            "model_segment_key as segment_key, enterprise_id,"
            f" cast(followers_{platform} as double) as followers"
        ).filter("followers is not null")
        boxes |= _read_platform(counts, platform=platform, segments=sources.segments)
    followed = {
        platform
        for (_, platform), box in boxes.items()
        if any(value > 0 for value in (*box.points, *(box.quantiles or ())))
    }
    known = {platform for (_, platform), box in boxes.items() if box.known_count}
    return Boxes(
        sources.segments,
        # Nobody's followers make no boxes; the total stays, whatever it is.
        [p for p in ("total", *PLATFORMS) if p == "total" or p in followed],
        [p for p in MAIN_PLATFORMS if p not in followed and p in known],
        [p for p in MAIN_PLATFORMS if p not in known],
        boxes,
    )


def _read_platform(
    counts: DuckDBPyRelation, *, platform: str, segments: list[Segment]
) -> dict[tuple[str, str], Box]:
    quantiles = counts.aggregate(
        "segment_key, count(*) as known_count, "
        + ", ".join(
            f"quantile_cont(followers, {share}) as quantile_{i}"
            for i, share in enumerate(QUANTILES)
        ),
        "segment_key",
    ).set_alias("quantiles")
    beyond = (
        counts.set_alias("counts")
        .join(quantiles, "counts.segment_key = quantiles.segment_key")
        .filter(
            f"known_count < {LEAST_BOXED}"
            " or followers < quantile_0 or followers > quantile_4"
        )
        .project(
            "counts.segment_key as segment_key, followers,"
            " row_number() over (partition by counts.segment_key"
            " order by followers, enterprise_id) as place,"
            " count(*) over (partition by counts.segment_key) as beyond_count"
        )
        # Evenly by rank, the least and the largest always among them.
        .filter(
            f"beyond_count <= {MOST_OUTLIERS} or place = 1"
            f" or place * {MOST_OUTLIERS - 1} // beyond_count"
            f" > (place - 1) * {MOST_OUTLIERS - 1} // beyond_count"
        )
        .project("segment_key, followers")
        .order("segment_key, followers")
        .fetchall()
    )
    known = {
        key: (known_count, tuple(values))
        for key, known_count, *values in quantiles.order("segment_key").fetchall()
    }
    boxes = {}
    for segment in segments:
        known_count, values = known.get(segment.key, (0, None))
        points = [followers for key, followers in beyond if key == segment.key]
        # Without a point beyond, the whiskers end at the extremes.
        boxes[segment.key, platform] = Box(known_count, values, points)
    return boxes


def draw_boxes(content: Boxes, texts: ChartTexts) -> Chart:
    """One row of boxes per segment, one panel per platform."""
    rows = lay_out_rows(content.segments, language=texts.language)
    title = texts("title")
    sheet = Sheet.begin(
        title=title,
        subtitle=texts("subtitle", least=texts.number(LEAST_BOXED)),
        body_height=HEADING_HEIGHT + rows.height + AXIS_HEIGHT,
        note=" ".join(
            texts(word, platforms=", ".join(map(texts, platforms)))
            for word, platforms in (
                ("without_followers", content.unfollowed),
                ("without_known_followers", content.unknown),
            )
            if platforms
        ),
    )
    top = sheet.top + HEADING_HEIGHT
    panels = lay_out_panels(
        content.platforms,
        left=rows.right,
        right=sheet.right,
        most=max(
            (
                value
                for box in content.boxes.values()
                for value in (*box.points, *(box.quantiles or ()))
            ),
            default=0.0,
        ),
        label_width=6.0,
    )
    rows.write_names(sheet, top=top)
    for panel in panels:
        draw_panel(sheet, panel, rows, texts, top=top)
        for row in rows.rows:
            box = content.boxes[row.segment.key, panel.platform]
            _draw_box(sheet, panel, box, row.segment, texts, y=top + row.middle)
    return Chart(
        sheet=sheet,
        title=title,
        reading=_read_out(content, texts),
        alternative_text=texts(
            "alternative_text",
            medians=texts.listed(
                [
                    texts(
                        "median_of_segment",
                        segment=segment.names[texts.language],
                        median=_median(content, segment, texts),
                    )
                    for segment in content.segments
                ]
            ),
        ),
    )


def _draw_box(
    sheet: Sheet,
    panel: Panel,
    box: Box,
    segment: Segment,
    texts: ChartTexts,
    *,
    y: float,
) -> None:
    if box.quantiles is None:
        sheet.write(
            panel.left + 4, y, texts("unknown"), size=SMALL_SIZE, colour=FAINT_INK
        )
        return
    is_drawn_singly = box.known_count < LEAST_BOXED
    if is_drawn_singly or box.quantiles[0] == box.quantiles[-1]:
        for value in box.points if is_drawn_singly else [box.quantiles[2], *box.points]:
            sheet.mark(
                panel.x(value), y, marker=segment.marker, colour=segment.colour,
                size=5.5, is_hollow=value == 0,
            )  # fmt: skip
        return
    low, q1, median, q3, high = map(panel.x, box.quantiles)
    is_within = min(median - q1, q3 - median) >= LEAST_MEDIAN_GAP
    if not is_within:
        reach = BOX_HEIGHT / 2 + 2.5
        sheet.line(
            [median, median], [y - reach, y + reach],
            colour=INK, width=MEDIAN_WIDTH, zorder=3.5,
        )  # fmt: skip
    statistics = {
        "whislo": low,
        "q1": q1,
        "med": median,
        "q3": q3,
        "whishi": high,
        "fliers": [panel.x(value) for value in box.points],
    }
    sheet.axes.bxp(
        [statistics],
        positions=[y],
        widths=BOX_HEIGHT,
        orientation="horizontal",
        patch_artist=True,
        showcaps=False,
        manage_ticks=False,
        boxprops={"facecolor": segment.colour, "edgecolor": segment.colour, "lw": 0.8},
        whiskerprops={"color": segment.colour, "lw": 1.2},
        medianprops={
            "color": ink_on(segment.colour) if is_within else INK,
            "lw": MEDIAN_WIDTH,
        },
        flierprops={
            "marker": segment.marker,
            "ms": 3,
            "mfc": "none",
            "mec": segment.colour,
            "mew": 0.6,
        },
        zorder=3,
    )


def _median(content: Boxes, segment: Segment, texts: ChartTexts) -> str:
    quantiles = content.boxes[segment.key, "total"].quantiles
    return texts("unknown") if quantiles is None else texts.mean(quantiles[2])


def _read_out(content: Boxes, texts: ChartTexts) -> str:
    medians = {
        segment: box.quantiles[2]
        for segment in content.segments
        for box in (content.boxes[segment.key, "total"],)
        if box.quantiles is not None
    }
    if not medians:
        return texts("reading_without_followers")
    highest = max(medians, key=medians.__getitem__)
    lowest = min(medians, key=medians.__getitem__)
    if medians[highest] == medians[lowest]:
        return texts("reading_of_equal_medians", median=texts.mean(medians[lowest]))
    return texts(
        "reading",
        highest=highest.names[texts.language],
        highest_median=texts.mean(medians[highest]),
        lowest=lowest.names[texts.language],
        lowest_median=texts.mean(medians[lowest]),
    )
