"""Followers by platform: each segment's mean, on a logarithmic scale."""

from dataclasses import dataclass

from segmentation.reporting.charts.chart import Chart
from segmentation.reporting.charts.panels import (
    AXIS_HEIGHT,
    HEADING_HEIGHT,
    PLATFORMS,
    draw_panel,
    lay_out_panels,
)
from segmentation.reporting.charts.rows import lay_out_rows
from segmentation.reporting.charts.sheet import Sheet
from segmentation.reporting.charts.sources import ChartSources, Segment
from segmentation.reporting.charts.style import FAINT_INK, RULE, SMALL_SIZE
from segmentation.reporting.charts.texts import ChartTexts, is_known

LABEL_WIDTH = 40.0


@dataclass(frozen=True)
class Means:
    """Mean followers by segment key and platform; None where none is known."""

    segments: list[Segment]
    platforms: list[str]
    values: dict[tuple[str, str], float | None]


def read_means(sources: ChartSources) -> Means | None:
    """Read the profiles; other platforms only where somebody has followers there."""
    columns = ", ".join(f"mean_followers_{platform}" for platform in PLATFORMS)
    rows = (
        sources.cluster_profiles.project(f"segment_key, {columns}")
        .order("segment_key")
        .fetchall()
    )
    values = {
        (key, platform): value if is_known(value) else None
        for key, *means in rows
        for platform, value in zip(PLATFORMS, means, strict=True)
    }
    if not any(s.enterprise_count for s in sources.segments):
        return None
    platforms = [
        platform
        for platform in PLATFORMS
        if platform != "other" or any(values[key, platform] for key, *_ in rows)
    ]
    return Means(sources.segments, platforms, values)


def draw_means(means: Means, texts: ChartTexts) -> Chart:
    """One row of dots per segment, one panel per platform."""
    rows = lay_out_rows(means.segments, language=texts.language)
    title = texts("title")
    sheet = Sheet.begin(
        title=title,
        subtitle=texts("subtitle"),
        body_height=HEADING_HEIGHT + rows.height + AXIS_HEIGHT,
    )
    top = sheet.top + HEADING_HEIGHT
    panels = lay_out_panels(
        means.platforms,
        left=rows.right,
        right=sheet.right,
        most=max((v for v in means.values.values() if v is not None), default=0.0),
        label_width=LABEL_WIDTH,
    )
    rows.write_names(sheet, top=top)
    for panel in panels:
        draw_panel(sheet, panel, rows, texts, top=top)
        for row in rows.rows:
            y = top + row.middle
            value = means.values[row.segment.key, panel.platform]
            if value is None:
                sheet.write(
                    panel.left + 4, y, texts("unknown"),
                    size=SMALL_SIZE, colour=FAINT_INK,
                )  # fmt: skip
                continue
            x = panel.x(value)
            sheet.line([panel.left, x], [y, y], colour=RULE, width=1.2)
            sheet.mark(
                x, y, marker=row.segment.marker, colour=row.segment.colour,
                is_hollow=value == 0,
            )  # fmt: skip
            sheet.write(x + 7, y, texts.mean(value), size=SMALL_SIZE)
    return Chart(
        sheet=sheet,
        title=title,
        reading=_read_out(means, texts),
        alternative_text=texts(
            "alternative_text",
            means=texts.listed(
                [_means_of(segment, means, texts) for segment in means.segments]
            ),
        ),
    )


def _means_of(segment: Segment, means: Means, texts: ChartTexts) -> str:
    listed = [
        f"{texts(platform)} {texts('unknown') if value is None else texts.mean(value)}"
        for platform in means.platforms
        for value in (means.values[segment.key, platform],)
    ]
    return texts(
        "means_of_segment",
        segment=segment.names[texts.language],
        means=", ".join(listed),
    )


def _read_out(means: Means, texts: ChartTexts) -> str:
    leaders = []
    for platform in means.platforms:
        leader = max(means.segments, key=lambda s: means.values[s.key, platform] or 0.0)
        value = means.values[leader.key, platform]
        if value and platform != "other":
            leaders.append(
                texts(
                    "leader",
                    platform=texts(platform),
                    segment=leader.names[texts.language],
                    mean=texts.mean(value),
                )
            )
    if not leaders:
        return texts("reading_without_followers")
    return texts("reading", leaders=texts.listed(leaders))
