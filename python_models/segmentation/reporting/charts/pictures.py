"""Draw one chart in one language."""

from segmentation.reporting.charts.bars import (
    draw_migrations,
    draw_mix,
    draw_ranking,
    draw_sizes,
)
from segmentation.reporting.charts.measures import draw_boxes, draw_means
from segmentation.reporting.charts.plots import draw_counts, draw_map
from segmentation.reporting.charts.reading import Content
from segmentation.reporting.charts.sheet import own_style
from segmentation.reporting.charts.texts import ChartTexts

# Each returns the sheet, which text reads it out, and the fields of that and of the
# alternative text, which is for those who do not see the drawing.
DRAWERS = {
    "sizes": draw_sizes,
    "means": draw_means,
    "boxes": draw_boxes,
    "mix": draw_mix,
    "ranking": draw_ranking,
    "map": draw_map,
    "counts": draw_counts,
    "migrations": draw_migrations,
}


def draw_chart(content: Content, texts: ChartTexts) -> tuple[str, str, str, bytes]:
    """Give title, reading (one sentence), alternative text and picture."""
    with own_style():
        sheet, reading, fields = DRAWERS[content.plan.kind](content, texts)
        sheet.end()
        fields["reading"] = texts(reading, **fields)
        alternative_text = texts("alternative_text", **fields)
        return texts("title"), fields["reading"], alternative_text, sheet.to_png()
