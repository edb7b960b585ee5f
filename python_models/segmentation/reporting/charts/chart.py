"""A chart that is drawn, with what is said of it."""

from dataclasses import dataclass

from segmentation.reporting.charts.sheet import Sheet


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A drawing in one language.

    Attributes
    ----------
    sheet : Sheet
    title : str
    reading : str
        What the data say, in one sentence.
    alternative_text : str
        For those who do not see the drawing: its kind, its axes, its main figures.
    """

    sheet: Sheet
    title: str
    reading: str
    alternative_text: str
