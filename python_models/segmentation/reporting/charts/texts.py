"""The wording of a chart in one language, from the seeds of texts."""

from dataclasses import dataclass
from itertools import product

from segmentation.errors import SegmentationError
from segmentation.reporting.charts.reading import Segment
from segmentation.written_numbers import write_number, write_share

EVERY_SEGMENTATION, EVERY_CHART = "every_segmentation", "every_chart"
# The unit of measures that are parts of a whole.
SHARE = "share"
# At most so many items of a list are named in a sentence.
LISTED_ITEMS = 6
MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True, kw_only=True)
class ChartTexts:
    """Fill in the texts of one chart.

    ``wording`` are templates by segmentation, chart or kind, and text; ``words`` the
    label and unit of measures and dimensions, of which ``{label}`` is the subject's.
    """

    wording: dict[tuple[str, str, str], str]
    words: dict[str, tuple[str, str]]
    segmentation: str
    chart_name: str
    kind: str
    language: str
    subject: str = ""

    def __call__(self, text_name: str, **fields: str | float | Segment) -> str:
        """Fill in the most specific text: of the chart, its kind, or every chart.

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
                f"The text {text_name!r} of {self.chart_name!r} in the seed chart_texts"
                f" ({self.language}) cannot be filled in: {error!r} in {template!r}."
                f" Its fields are: {', '.join(f'{{{name}}}' for name in fields)}."
            ) from None

    def _written(self, field: str, value: str | float | Segment) -> str:
        if isinstance(value, str):
            return value
        if isinstance(value, Segment):
            return self.name(value)
        if field.endswith("share"):
            return self.share(value)
        return self.members(value) if field.endswith("members") else self.number(value)

    def _find(self, text_name: str) -> str:
        for place in product(
            (self.segmentation, EVERY_SEGMENTATION),
            (self.chart_name, self.kind, EVERY_CHART),
        ):
            if text := self.wording.get((*place, text_name)):
                return text
        raise SegmentationError(
            f"The seed chart_texts has no text {text_name!r} in the language"
            f" {self.language!r} for the chart {self.chart_name!r}: add the line"
            f" {self.segmentation},{self.chart_name},{text_name} or fill it in."
        )

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

    def mean(self, value: float | None, measure: str = "") -> str:
        """Write a mean or median: with one decimal if it has any and is below 10."""
        if value is None:
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

    def listed(self, items: list[str]) -> str:
        """Join items into one text, and only count the rest of a long list."""
        rest = len(items) - LISTED_ITEMS
        if rest > 1:
            items = [*items[:-rest], self("further", count=rest)]
        return ("\u202f; " if self.language == "fr" else "; ").join(items)
