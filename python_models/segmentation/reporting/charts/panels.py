"""Panels side by side, one per platform, on one logarithmic scale of followers."""

import math
from dataclasses import dataclass
from itertools import pairwise

from segmentation.reporting.charts.fitting_text import text_width
from segmentation.reporting.charts.rows import Rows
from segmentation.reporting.charts.sheet import Sheet
from segmentation.reporting.charts.style import (
    GRID,
    INK,
    RULE,
    SECOND_INK,
    SMALL_SIZE,
    TEXT_SIZE,
)
from segmentation.reporting.charts.texts import ChartTexts

PANEL_GAP = 12.0
HEADING_HEIGHT = 20.0
AXIS_HEIGHT = 18.0
TICK_GAP = 3.0
MAIN_PLATFORMS = ("facebook", "instagram", "tiktok")
PLATFORMS = (*MAIN_PLATFORMS, "other")


@dataclass(frozen=True)
class Panel:
    """Where one platform's panel lies, and its scale.

    The scale is log10(1 + followers): 0 has a place on it, and from 10 on it is hardly
    told from a logarithm.
    """

    platform: str
    left: float
    right: float
    most: float

    def x(self, followers: float) -> float:
        """Place of a number of followers."""
        part = math.log10(1 + followers) / math.log10(1 + self.most)
        return self.left + part * (self.right - self.left)

    def ticks(self, texts: ChartTexts) -> list[tuple[float, str]]:
        """Places and labels of 0 and powers of ten, as many as fit side by side."""
        highest = math.floor(math.log10(self.most) + 1e-9)
        for step in range(1, highest + 1):
            values = [0, *(10**power for power in range(step, highest + 1, step))]
            ticks = [(self.x(value), short_number(value, texts)) for value in values]
            if all(
                x + (text_width(label, SMALL_SIZE) + text_width(after, SMALL_SIZE)) / 2
                <= x_after - TICK_GAP
                for (x, label), (x_after, after) in pairwise(ticks)
            ):
                return ticks
        return [(self.left, short_number(0, texts))]


def lay_out_panels(
    platforms: list[str], *, left: float, right: float, most: float, label_width: float
) -> list[Panel]:
    """Share the width right of the names; labels get room at the right of each."""
    width = (right - left + PANEL_GAP) / len(platforms)
    return [
        Panel(
            platform,
            left + i * width,
            left + (i + 1) * width - PANEL_GAP - label_width,
            # Up to 10 at least, or nobody having followers would leave no scale.
            max(most, 10.0),
        )
        for i, platform in enumerate(platforms)
    ]


def draw_panel(
    sheet: Sheet, panel: Panel, rows: Rows, texts: ChartTexts, *, top: float
) -> None:
    """Draw the heading, the grid and the axis of a panel."""
    bottom = top + rows.height
    sheet.write(
        panel.left, top - HEADING_HEIGHT / 2 - 2, texts(panel.platform),
        size=TEXT_SIZE, colour=INK, is_bold=True,
    )  # fmt: skip
    for i, (x, label) in enumerate(panel.ticks(texts)):
        sheet.line([x, x], [top, bottom], colour=GRID if i else RULE)
        sheet.write(
            x, bottom + AXIS_HEIGHT / 2, label,
            size=SMALL_SIZE, colour=SECOND_INK, ha="center",
        )  # fmt: skip


def short_number(value: int, texts: ChartTexts) -> str:
    """Write a power of ten in a few letters."""
    if value >= 1_000_000:
        return texts("millions", count=texts.number(value // 1_000_000))
    if value >= 1_000:
        return texts("thousands", count=texts.number(value // 1_000))
    return texts.number(value)
