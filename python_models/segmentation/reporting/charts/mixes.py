"""Category mix: the most frequent categories of each segment, beside all clients'."""

from dataclasses import dataclass

from segmentation.reporting.charts.chart import Chart
from segmentation.reporting.charts.fitting_text import (
    fit_lines,
    text_height,
    text_width,
)
from segmentation.reporting.charts.sheet import Sheet
from segmentation.reporting.charts.sources import ChartSources, Segment
from segmentation.reporting.charts.style import (
    FAINT_INK,
    INK,
    RULE,
    SECOND_INK,
    SMALL_SIZE,
    TEXT_SIZE,
)
from segmentation.reporting.charts.texts import ChartTexts

CATEGORIES_PER_SEGMENT = 5
CARD_GAP = 28.0
CARD_SPACING = 14.0
# Names take the width of the longest, up to this.
MOST_NAME_WIDTH = 140.0
LABEL_WIDTH = 34.0
BAR_HEIGHT = 9.0


@dataclass(frozen=True)
class Category:
    """A category of a segment: its share there and among all enterprises."""

    name: str
    cluster_share: float
    population_share: float


@dataclass(frozen=True)
class Mixes:
    """The most frequent categories by segment key."""

    segments: list[Segment]
    categories: dict[str, list[Category]]


@dataclass(frozen=True)
class Card:
    """A segment's card: its heading and its categories, in lines."""

    segment: Segment
    heading: list[str]
    categories: list[tuple[Category, list[str]]]

    @property
    def heading_height(self) -> float:
        """Points from the top of the card to its first category."""
        return text_height(len(self.heading), TEXT_SIZE) + 4

    @property
    def height(self) -> float:
        """Points that the card needs."""
        lines = [lines for _, lines in self.categories] or [[""]]
        return self.heading_height + sum(map(category_height, lines))


def category_height(lines: list[str]) -> float:
    """Points that a category of so many lines needs."""
    return text_height(len(lines), SMALL_SIZE) + 4


def read_mixes(sources: ChartSources) -> Mixes | None:
    """Read the first known categories of each segment."""
    rows = (
        sources.cluster_category_mix.filter("category_name is not null")
        .project(
            "segment_key, category_name, cluster_share, population_share,"
            " row_number() over (partition by segment_key order by category_rank)"
            " as known_category_rank"
        )
        .filter(f"known_category_rank <= {CATEGORIES_PER_SEGMENT}")
        .order("segment_key, known_category_rank")
        .fetchall()
    )
    if not rows:
        return None
    categories: dict[str, list[Category]] = {}
    for key, name, cluster_share, population_share, _ in rows:
        categories.setdefault(key, []).append(
            Category(name, cluster_share, population_share)
        )
    return Mixes(sources.segments, categories)


def draw_mixes(mixes: Mixes, texts: ChartTexts) -> Chart:
    """One card per segment, with a bar per category and a tick for all clients."""
    width = (Sheet.right - Sheet.left - CARD_GAP) / 2
    cards = [
        _lay_out_card(segment, mixes, texts, width=width) for segment in mixes.segments
    ]
    name_width = max(
        text_width(line, SMALL_SIZE)
        for card in cards
        for _, lines in card.categories
        for line in lines
    )
    axis = name_width + 8
    rows = [cards[i : i + 2] for i in range(0, len(cards), 2)]
    heights = [max(card.height for card in row) for row in rows]
    title = texts("title")
    sheet = Sheet.begin(
        title=title,
        subtitle=texts("subtitle", shown=texts.number(CATEGORIES_PER_SEGMENT)),
        body_height=sum(heights) + CARD_SPACING * (len(rows) - 1),
    )
    highest = max(
        max(category.cluster_share, category.population_share)
        for categories in mixes.categories.values()
        for category in categories
    )
    scale = (width - axis - LABEL_WIDTH) / highest
    top = sheet.top
    for row, height in zip(rows, heights, strict=True):
        for i, card in enumerate(row):
            left = sheet.left + i * (width + CARD_GAP)
            _draw_card(sheet, card, texts, left=left, top=top, axis=axis, scale=scale)
        top += height + CARD_SPACING
    leaders = texts.listed(
        [
            texts(
                "leading_category",
                segment=segment.names[texts.language],
                category=mixes.categories[segment.key][0].name,
                share=texts.share(mixes.categories[segment.key][0].cluster_share),
            )
            for segment in mixes.segments
            if segment.key in mixes.categories
        ]
    )
    return Chart(
        sheet=sheet,
        title=title,
        reading=texts("reading", leaders=leaders),
        alternative_text=texts("alternative_text", leaders=leaders),
    )


def _lay_out_card(
    segment: Segment, mixes: Mixes, texts: ChartTexts, *, width: float
) -> Card:
    heading = fit_lines(
        segment.names[texts.language],
        width=width - 16,
        size=TEXT_SIZE,
        most=3,
        is_bold=True,
    )
    categories = [
        (
            category,
            fit_lines(category.name, width=MOST_NAME_WIDTH, size=SMALL_SIZE, most=3),
        )
        for category in mixes.categories.get(segment.key, [])
    ]
    return Card(segment, heading, categories)


def _draw_card(
    sheet: Sheet,
    card: Card,
    texts: ChartTexts,
    *,
    left: float,
    top: float,
    axis: float,
    scale: float,
) -> None:
    first_line = top + text_height(1, TEXT_SIZE) / 2
    sheet.mark(
        left + 5, first_line, marker=card.segment.marker, colour=card.segment.colour
    )
    sheet.write(left + 16, top, card.heading, is_bold=True, va="top")
    axis += left
    first = y = top + card.heading_height
    if not card.categories:
        sheet.write(
            left + 16, y + category_height([""]) / 2, texts("no_category"),
            size=SMALL_SIZE, colour=FAINT_INK,
        )  # fmt: skip
        return
    for category, lines in card.categories:
        height = category_height(lines)
        middle = y + height / 2
        sheet.write(left, middle, lines, size=SMALL_SIZE)
        length = category.cluster_share * scale
        sheet.bar(
            axis, middle - BAR_HEIGHT / 2, length, BAR_HEIGHT,
            colour=card.segment.colour,
        )  # fmt: skip
        tick = axis + category.population_share * scale
        sheet.line(
            [tick, tick], [middle - BAR_HEIGHT / 2 - 2, middle + BAR_HEIGHT / 2 + 2],
            colour=INK, width=1.4, zorder=3,
        )  # fmt: skip
        sheet.write(
            max(axis + length, tick) + 5, middle, texts.share(category.cluster_share),
            size=SMALL_SIZE, colour=SECOND_INK,
        )  # fmt: skip
        y += height
    sheet.line([axis, axis], [first, y], colour=RULE)
