"""The wording of a chart in one language, from the seeds of texts."""

import math
from dataclasses import dataclass, field
from typing import Any

from duckdb import DuckDBPyRelation

from segmentation.errors import SegmentationError
from segmentation.reporting.charts.reading import Chart, Segment, read_rows
from segmentation.sql_text import text as quoted_text
from segmentation.written_numbers import write_number, write_share

# The unit of measures that are parts of a whole.
SHARE = "share"
# At most so many items of a list are named in a sentence.
LISTED_ITEMS = 6
MINUS = "\N{MINUS SIGN}"


def read_texts(
    tables: dict[str, DuckDBPyRelation], chart: Chart, *, language: str
) -> "ChartTexts":
    """Read the most specific text of each name: of the chart, its kind, or every chart.

    A segmentation's own text for all of its charts goes before one for all
    segmentations.
    """
    segmentation, name, kind = map(quoted_text, (*chart[:3],))
    specificity = (
        f"3 * (segmentation = {segmentation})::integer"
        f" + case chart_name when {name} then 2 when {kind} then 1 else 0 end"
    )
    wording = (
        tables["chart_texts"]
        .filter(
            f"text_{language} is not null"
            f" and segmentation in ({segmentation}, 'every_segmentation')"
            f" and chart_name in ({name}, {kind}, 'every_chart')"
        )
        .aggregate(f"text_name, arg_max(text_{language}, {specificity})", "text_name")
        .order("text_name")
    )
    columns = f"name, short_label_{language}, unit, label_{language}"
    words = read_rows(
        tables, chart.segmentation, "measure_texts", columns, order="name"
    )
    return ChartTexts(
        wording=dict(wording.fetchall()),
        words={name: (short or name, unit or "") for name, short, unit, _ in words},
        labels={name: label or name for name, _, _, label in words},
        place=f"{chart.segmentation},{chart.name}",
        language=language,
        subject="".join(chart.subjects[:1]),
    )


@dataclass(frozen=True, kw_only=True)
class ChartTexts:
    """Fill in the texts of one chart.

    ``wording`` are templates by name; ``words`` the short label and unit of measures
    and dimensions, of which ``{label}`` is the subject's; ``labels`` the long ones.
    """

    wording: dict[str, str]
    words: dict[str, tuple[str, str]]
    place: str
    language: str
    subject: str = ""
    labels: dict[str, str] = field(default_factory=dict)

    def __call__(self, text_name: str, **fields: str | float | Segment) -> str:
        """Fill in a text.

        A number is written as the name of its field ends: members, share, else itself.

        Raises
        ------
        SegmentationError
            If there is no such text, or its fields are not those that there are.
        """
        template = self._find(text_name)
        fields = {name: self._written(name, value) for name, value in fields.items()}
        fields |= {name: self._find(name) for name in ("plural", "of_plural")}
        fields["label"] = self.word(self.subject)
        try:
            return template.format_map(fields)
        except (KeyError, IndexError, ValueError, AttributeError) as error:
            raise SegmentationError(
                f"The text {text_name!r} of {self.place!r} in the seed chart_texts"
                f" ({self.language}) cannot be filled in: {error!r} in {template!r}."
                f" Its fields are: {', '.join(f'{{{name}}}' for name in fields)}."
            ) from None

    def _find(self, text_name: str) -> str:
        if text_name in self.wording:
            return self.wording[text_name]
        raise SegmentationError(
            f"The seed chart_texts has no text {text_name!r} in the language"
            f" {self.language!r}: add the line {self.place},{text_name} or fill it in."
        )

    def _written(self, field: str, value: str | float | Segment) -> str:
        if isinstance(value, str):
            return value
        if isinstance(value, Segment):
            return self.name(value)
        if field.endswith("share"):
            return self.share(value)
        return self.members(value) if field.endswith("members") else self.number(value)

    def word(self, name: str) -> str:
        """What people call a measure or dimension; its name if nobody said."""
        return self.words.get(name, (name, ""))[0]

    def unit(self, measure: str) -> str:
        """The unit of a measure; one without any compares to no other measure."""
        return self.words.get(measure, ("", ""))[1] or measure

    def name(self, segment: Segment) -> str:
        return segment.name_fr if self.language == "fr" else segment.name_en

    def number(self, value: float, decimals: int = 0) -> str:
        """Write a number with its thousands apart, as the language does."""
        text = write_number(abs(value), language=self.language, decimals=decimals)
        return MINUS + text if round(value, decimals) < 0 else text

    def plain_number(self, value: float) -> str:
        """Write a number with as many decimals as it has, short if it is large."""
        for unit, word in ((1e6, "millions"), (1e3, "thousands")):
            if abs(value) >= unit:
                return self(word, count=self._all_decimals(value / unit))
        return self._all_decimals(value)

    def _all_decimals(self, value: float) -> str:
        return self.number(value, len(f"{value:.9f}".rstrip("0").partition(".")[2]))

    def mean(self, value: float, measure: str = "") -> str:
        """Write a mean or median: with one decimal if it has any and is below 10."""
        if math.isnan(value):
            return self("unknown")
        if self.unit(measure) == SHARE:
            return self.share(value)
        return self.number(value, int(value % 1 != 0 and abs(value) < 9.95))

    def share(self, value: float) -> str:
        """Write a share of 0 to 1 as a percentage; only none and all are 0 and 100."""
        nearest = min(max(value, 0.001), 0.999) if 0 < value < 1 else value
        written = write_share(nearest, language=self.language)
        if nearest == value:
            return written
        return self("less_than" if value < nearest else "more_than", value=written)

    def members(self, count: int) -> str:
        """Write a number of members with the word in its singular or plural."""
        is_one = count < 2 if self.language == "fr" else count == 1
        return self("one_member" if is_one else "members", count=count)

    def items(self, text_name: str, rows: list[dict[str, Any]]) -> str:
        """Fill in a text for each row of fields; the rest of a long list is counted."""
        items = [self(text_name, **row) for row in rows]
        rest = len(items) - LISTED_ITEMS
        if rest > 1:
            items = [*items[:-rest], self("further", count=rest)]
        return ("\u202f; " if self.language == "fr" else "; ").join(items)
