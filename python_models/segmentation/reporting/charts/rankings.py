"""Sectors and cities: the most frequent ones, each bar split by segment."""

from dataclasses import dataclass

from duckdb import DuckDBPyRelation

from segmentation.reporting.charts.chart import Chart
from segmentation.reporting.charts.fitting_text import (
    fit_lines,
    text_height,
    text_width,
)
from segmentation.reporting.charts.rows import draw_legend, lay_out_legend
from segmentation.reporting.charts.sheet import Sheet
from segmentation.reporting.charts.sources import ChartSources, Segment
from segmentation.reporting.charts.style import SECOND_INK, SMALL_SIZE, ink_on
from segmentation.reporting.charts.texts import ChartTexts

MOST_PLACES = 30
NAME_WIDTH = 172.0
BAR_HEIGHT = 11.0
LABEL_SIZE = 7.5


@dataclass(frozen=True)
class Ranking:
    """The most frequent names with their enterprises by segment.

    Attributes
    ----------
    segments : list of Segment
    places : list of (str, dict of str to int)
        Name and number of enterprises by segment key, the most frequent first.
    other_names, other_count : int
        Names that are not shown, and their enterprises.
    unknown_count : int
        Enterprises whose name is not known.
    """

    segments: list[Segment]
    places: list[tuple[str, dict[str, int]]]
    other_names: int
    other_count: int
    unknown_count: int

    @property
    def total(self) -> int:
        """Number of all enterprises."""
        shown = sum(sum(counts.values()) for _, counts in self.places)
        return shown + self.other_count + self.unknown_count


def read_sectors(sources: ChartSources) -> Ranking | None:
    """Read the most frequent categories."""
    return _read_ranking(
        sources.cluster_category_mix, column="category_name", segments=sources.segments
    )


def read_cities(sources: ChartSources) -> Ranking | None:
    """Read the most frequent cities."""
    return _read_ranking(
        sources.cluster_city_mix, column="city_name", segments=sources.segments
    )


def _read_ranking(
    mix: DuckDBPyRelation, *, column: str, segments: list[Segment]
) -> Ranking | None:
    ranked = mix.project(
        f"segment_key, {column} as name, enterprise_count,"
        f" sum(enterprise_count) over (partition by {column}) as total_count"
    ).project(
        "segment_key, name, enterprise_count,"
        " case when name is not null then dense_rank() over"
        " (order by name is null, total_count desc, name) end as place"
    )
    shown = (
        ranked.filter(f"place <= {MOST_PLACES}").order("place, segment_key").fetchall()
    )
    if not shown:
        return None
    [(other_names, other_count, unknown_count)] = ranked.aggregate(
        f"count(distinct name) filter (where place > {MOST_PLACES}),"
        " cast(coalesce(sum(enterprise_count)"
        f" filter (where place > {MOST_PLACES}), 0) as bigint),"
        " cast(coalesce(sum(enterprise_count)"
        " filter (where name is null), 0) as bigint)"
    ).fetchall()
    places: dict[str, dict[str, int]] = {}
    for key, name, count, _ in shown:
        places.setdefault(name, {})[key] = count
    return Ranking(
        segments, list(places.items()), other_names, other_count, unknown_count
    )


def draw_ranking(ranking: Ranking, texts: ChartTexts) -> Chart:
    """One bar per name; its parts are the segments in the order of the legend."""
    lines_of = [
        fit_lines(name, width=NAME_WIDTH, size=SMALL_SIZE, most=2)
        for name, _ in ranking.places
    ]
    heights = [text_height(len(lines), SMALL_SIZE) + 5 for lines in lines_of]
    legend = lay_out_legend(ranking.segments, language=texts.language)
    title = texts("title", shown=texts.number(len(ranking.places)))
    sheet = Sheet.begin(
        title=title,
        subtitle=texts("subtitle"),
        body_height=legend.height + 8 + sum(heights),
        note=_note(ranking, texts),
    )
    draw_legend(sheet, legend, left=sheet.left, top=sheet.top)
    top = sheet.top + legend.height + 8
    axis = sheet.left + NAME_WIDTH + 6
    totals = [sum(counts.values()) for _, counts in ranking.places]
    label_width = max(text_width(texts.number(t), SMALL_SIZE) for t in totals) + 8
    scale = (sheet.right - axis - label_width) / max(totals)
    y = top
    for (_, counts), lines, height, total in zip(
        ranking.places, lines_of, heights, totals, strict=True
    ):
        middle = y + height / 2
        sheet.write(axis - 6, middle, lines, size=SMALL_SIZE, ha="right")
        _draw_parts(sheet, counts, ranking, texts, left=axis, y=middle, scale=scale)
        sheet.write(
            axis + total * scale + 4, middle, texts.number(total), size=SMALL_SIZE
        )
        y += height
    sheet.line([axis, axis], [top, y], colour=SECOND_INK)
    return Chart(
        sheet=sheet,
        title=title,
        reading=_read_out(ranking, texts),
        alternative_text=texts(
            "alternative_text",
            shown=texts.number(len(ranking.places)),
            sizes=texts.listed(
                [
                    texts(
                        "size",
                        name=name,
                        enterprises=texts.enterprises(sum(counts.values())),
                    )
                    for name, counts in ranking.places
                ]
            ),
        ),
    )


def _draw_parts(
    sheet: Sheet,
    counts: dict[str, int],
    ranking: Ranking,
    texts: ChartTexts,
    *,
    left: float,
    y: float,
    scale: float,
) -> None:
    for segment in ranking.segments:
        count = counts.get(segment.key, 0)
        if not count:
            continue
        width = count * scale
        # A gap of paper between the parts, unless it would eat them up.
        gap = 0.8 if width > 3 else 0.0
        sheet.bar(
            left, y - BAR_HEIGHT / 2, width - gap, BAR_HEIGHT, colour=segment.colour
        )
        label = texts.number(count)
        if len(counts) > 1 and text_width(label, LABEL_SIZE) + 5 <= width:
            sheet.write(
                left + (width - gap) / 2, y, label,
                size=LABEL_SIZE, colour=ink_on(segment.colour), ha="center",
            )  # fmt: skip
        left += width


def _note(ranking: Ranking, texts: ChartTexts) -> str:
    parts = []
    if ranking.other_names:
        parts.append(
            texts(
                "others",
                names=texts.number(ranking.other_names),
                enterprises=texts.enterprises(ranking.other_count),
            )
        )
    if ranking.unknown_count:
        parts.append(
            texts("unknown_name", enterprises=texts.enterprises(ranking.unknown_count))
        )
    return " ".join(parts)


def _read_out(ranking: Ranking, texts: ChartTexts) -> str:
    (first, first_counts), *others = ranking.places
    fields = {
        "first": first,
        "first_enterprises": texts.enterprises(sum(first_counts.values())),
        "first_share": texts.share(sum(first_counts.values()) / ranking.total),
        "total": texts.number(ranking.total),
    }
    if not others:
        return texts("reading_of_one_name", **fields)
    is_tie = sum(others[0][1].values()) == sum(first_counts.values())
    return texts(
        "reading_of_tie" if is_tie else "reading",
        **fields,
        second=others[0][0],
        second_enterprises=texts.enterprises(sum(others[0][1].values())),
    )
