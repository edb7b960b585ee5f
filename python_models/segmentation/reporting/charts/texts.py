"""The wording of a chart in one language, from the seed ``chart_texts``."""

import math
from dataclasses import dataclass

from duckdb import DuckDBPyRelation

from segmentation.builds.written_numbers import write_number, write_share
from segmentation.errors import SegmentationError

SHARED = "every_chart"
# At most so many items of a list are named in a sentence.
LISTED_ITEMS = 6


@dataclass(frozen=True, kw_only=True)
class ChartTexts:
    """Fill in the texts of one chart.

    Attributes
    ----------
    wording : dict of (str, str, str) to str
        Template by chart, text and language.
    chart_name, language : str
    """

    wording: dict[tuple[str, str, str], str]
    chart_name: str
    language: str

    def __call__(self, text_name: str, **fields: str) -> str:
        """Fill in a text of the chart, or one that every chart shares.

        Raises
        ------
        SegmentationError
            If there is no such text, or its fields are not those that there are.
        """
        for chart_name in (self.chart_name, SHARED):
            template = self.wording.get((chart_name, text_name, self.language))
            if template is not None:
                break
        else:
            raise SegmentationError(
                f"The seed chart_texts has no text {text_name!r} in the language"
                f" {self.language!r} for the chart {self.chart_name!r}: add the line"
                f" {self.chart_name},{text_name} or fill it in."
            )
        try:
            return template.format_map(fields)
        except (KeyError, IndexError, ValueError, AttributeError) as error:
            known = ", ".join(f"{{{name}}}" for name in fields) or "none"
            raise SegmentationError(
                f"The text {text_name!r} of {chart_name!r} in the seed chart_texts"
                f" ({self.language}) cannot be filled in: {error!r} in {template!r}."
                f" Its fields are: {known}."
            ) from None

    def number(self, value: float, *, decimals: int = 0) -> str:
        """Write a number with its thousands apart, as the language does."""
        return write_number(value, language=self.language, decimals=decimals)

    def mean(self, value: float) -> str:
        """Write a mean or median: with one decimal if it has any and is below 10."""
        return self.number(value, decimals=int(value % 1 != 0 and value < 9.95))

    def share(self, value: float) -> str:
        """Write a share of 0 to 1 as a percentage; only none and all are 0 and 100."""
        if 0 < value < 0.001:
            least = write_share(0.001, language=self.language)
            return self("less_than", value=least)
        if 0.999 < value < 1:
            most = write_share(0.999, language=self.language)
            return self("more_than", value=most)
        return write_share(value, language=self.language)

    def enterprises(self, count: int) -> str:
        """Write a number of enterprises with the word in its singular or plural."""
        is_one = count < 2 if self.language == "fr" else count == 1
        return self(
            "one_enterprise" if is_one else "enterprises", count=self.number(count)
        )

    def listed(self, items: list[str]) -> str:
        """Join items into one text, and only count the rest of a long list."""
        rest = len(items) - LISTED_ITEMS
        shown = items[:LISTED_ITEMS] if rest > 1 else items
        separator = "\u202f; " if self.language == "fr" else "; "
        if rest > 1:
            shown = [*shown, self("further", count=self.number(rest))]
        return separator.join(shown)


def read_wording(texts: DuckDBPyRelation) -> dict[tuple[str, str, str], str]:
    """Read the seed ``chart_texts``: template by chart, text and language."""
    rows = (
        texts.project("chart_name, text_name, text_fr, text_en")
        .order("chart_name, text_name")
        .fetchall()
    )
    return {
        (chart_name, text_name, language): text
        for chart_name, text_name, *by_language in rows
        for language, text in zip(("fr", "en"), by_language, strict=True)
        if text is not None
    }


def is_known(value: float | None) -> bool:
    """Whether a figure from the engine is a number."""
    return value is not None and math.isfinite(value)
