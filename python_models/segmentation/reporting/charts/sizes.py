"""Segment sizes: how many enterprises each segment has."""

from segmentation.reporting.charts.chart import Chart
from segmentation.reporting.charts.rows import lay_out_rows
from segmentation.reporting.charts.sheet import Sheet
from segmentation.reporting.charts.sources import ChartSources, Segment
from segmentation.reporting.charts.style import SECOND_INK
from segmentation.reporting.charts.texts import ChartTexts

BAR_HEIGHT = 15.0
# Right of the longest bar, for its label.
LABEL_WIDTH = 104.0


def read_sizes(sources: ChartSources) -> list[Segment] | None:
    """The segments that there are, if there is an enterprise in any.

    An enterprise set by hand counts where it is, as on the page and in exports.
    """
    has_members = any(s.enterprise_count for s in sources.placed_segments)
    return sources.placed_segments if has_members else None


def draw_sizes(segments: list[Segment], texts: ChartTexts) -> Chart:
    """One bar per segment, with its number and share beside it."""
    total = sum(segment.enterprise_count for segment in segments)
    rows = lay_out_rows(segments, language=texts.language)
    title = texts("title")
    sheet = Sheet.begin(
        title=title,
        subtitle=texts("subtitle", enterprises=texts.enterprises(total)),
        body_height=rows.height,
    )
    rows.write_names(sheet, top=sheet.top)
    left = rows.right
    scale = (sheet.right - LABEL_WIDTH - left) / max(
        segment.enterprise_count for segment in segments
    )
    for row in rows.rows:
        count = row.segment.enterprise_count
        y = sheet.top + row.middle
        sheet.bar(
            left, y - BAR_HEIGHT / 2, count * scale, BAR_HEIGHT,
            colour=row.segment.colour,
        )  # fmt: skip
        label = f"{texts.number(count)} ({texts.share(count / total)})"
        sheet.write(left + count * scale + 5, y, label)
    sheet.line(
        [left, left],
        [sheet.top, sheet.top + rows.height],
        colour=SECOND_INK,
    )
    return Chart(
        sheet=sheet,
        title=title,
        reading=_read_out(segments, texts, total=total),
        alternative_text=texts(
            "alternative_text",
            sizes=texts.listed(
                [
                    texts(
                        "size",
                        segment=segment.names[texts.language],
                        enterprises=texts.enterprises(segment.enterprise_count),
                        share=texts.share(segment.enterprise_count / total),
                    )
                    for segment in segments
                ]
            ),
        ),
    )


def _read_out(segments: list[Segment], texts: ChartTexts, *, total: int) -> str:
    largest = max(segments, key=lambda segment: segment.enterprise_count)
    smallest = min(segments, key=lambda segment: segment.enterprise_count)
    smallest_count = sum(
        segment.enterprise_count == smallest.enterprise_count for segment in segments
    )
    if len(segments) == 1:
        return texts(
            "reading_of_one_segment",
            segment=largest.names[texts.language],
            enterprises=texts.enterprises(total),
        )
    if largest.enterprise_count == smallest.enterprise_count:
        return texts(
            "reading_of_equal_sizes",
            enterprises=texts.enterprises(largest.enterprise_count),
        )
    return texts(
        "reading_of_equal_smallest" if smallest_count > 1 else "reading",
        largest=largest.names[texts.language],
        largest_count=texts.number(largest.enterprise_count),
        largest_share=texts.share(largest.enterprise_count / total),
        number_of_smallest=texts.number(smallest_count),
        smallest=smallest.names[texts.language],
        smallest_count=texts.number(smallest.enterprise_count),
        smallest_share=texts.share(smallest.enterprise_count / total),
        enterprises=texts.enterprises(total),
    )
