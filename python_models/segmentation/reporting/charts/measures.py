"""Measures by segment: their means as dots, and how they are spread as box plots.

The boxes are Tukey's (1977), but for their whiskers, which end at the 5th and 95th
percentile: a multiple of the distance between quartiles would depend on the scale.
"""

import math
from dataclasses import dataclass
from itertools import pairwise

from segmentation.reporting.charts import sheet as on
from segmentation.reporting.charts.reading import Box, Content, Segment
from segmentation.reporting.charts.texts import SHARE, ChartTexts

HEADING_HEIGHT = 20.0
AXIS_HEIGHT = 18.0
PANEL_GAP = 12.0
TICK_GAP = 3.0
MEAN_WIDTH = 40.0
# A box of fewer values would show quartiles that nobody has: they are drawn one by one.
LEAST_BOXED = 5
BOX_HEIGHT = 13.0
# A median nearer to an end of its box is drawn beyond it, or it could not be told.
LEAST_MEDIAN_GAP = 1.5


@dataclass(frozen=True)
class Panel:
    """Where a measure's panel lies, and its scale.

    The scale is log10(1 + size) on both sides of 0: 0 has a place on it, and from 10 on
    it is hardly told from a logarithm. That of shares is linear.
    """

    measure: str
    left: float
    right: float
    least: float
    most: float
    is_share: bool

    def x(self, value: float) -> float:
        low, high = self._bend(self.least), self._bend(self.most)
        part = (self._bend(value) - low) / (high - low)
        return self.left + part * (self.right - self.left)

    def _bend(self, value: float) -> float:
        bent = math.copysign(math.log10(1 + abs(value)), value)
        return value if self.is_share else bent

    def ticks(self, texts: ChartTexts) -> list[tuple[float, str]]:
        """Places and labels of 0 and powers of ten, as many as fit side by side."""
        highest = math.floor(math.log10(max(self.most, -self.least)) + 1e-9)
        for step in range(1, highest + 1):
            powers = [10**power for power in range(step, highest + 1, step)]
            ticks = [
                (self.x(value), _short_number(value, texts))
                for value in (*(-power for power in powers[::-1]), 0, *powers)
                if self.least <= value <= self.most
            ]
            ends = [(x, on.text_width(word, on.SMALL_SIZE) / 2) for x, word in ticks]
            if all(x + w + TICK_GAP <= y - v for (x, w), (y, v) in pairwise(ends)):
                return ticks
        ends = (0, self.most) if self.is_share else (0,)
        return [(self.x(value), texts.mean(value, self.measure)) for value in ends]


def _short_number(value: int, texts: ChartTexts) -> str:
    for unit, word in ((1_000_000, "millions"), (1_000, "thousands")):
        if abs(value) >= unit:
            return texts(word, count=value / unit)
    return texts.number(value)


def _draw_panels(
    sheet: on.Sheet, segments: list[Segment], values: dict, label_width: float
) -> list[tuple[Panel, Segment, float]]:
    """Draw names at the left and a panel per measure, with room for labels in each.

    ``values`` are those to be drawn, by measure: one unit has one scale. Each panel is
    returned with each segment and its middle.
    """
    texts = sheet.texts
    top = sheet.y = sheet.y + HEADING_HEIGHT
    left, rows = sheet.names(segments)
    width = (sheet.right - left + PANEL_GAP) / len(values)
    panels = []
    for i, measure in enumerate(values):
        unit = texts.unit(measure)
        alike = [v for m in values if texts.unit(m) == unit for v in values[m]]
        # Up to 10 at least, or nobody having any would leave no scale.
        most = max(1.0 if unit == SHARE else 10.0, *alike, 0.0)
        start = left + i * width
        right = start + width - PANEL_GAP - label_width
        panel = Panel(measure, start, right, min([0.0, *alike]), most, unit == SHARE)
        panels.append(panel)
        room = width - PANEL_GAP / 2
        heading = on.fit_lines(texts.word(measure), room, is_bold=True)
        sheet.write(start, top - HEADING_HEIGHT / 2 - 2, heading, is_bold=True)
        for x, label in panel.ticks(texts):
            colour = on.RULE if x == panel.x(0) else on.GRID
            sheet.vertical(x, top, sheet.y, colour=colour)
            sheet.small(x, sheet.y + AXIS_HEIGHT / 2, label, ha="center")
    sheet.y += AXIS_HEIGHT
    return [(panel, segment, y) for panel in panels for segment, y in rows]


def draw_means(content: Content, texts: ChartTexts) -> tuple[on.Sheet, str, dict]:
    """One row of dots per segment, one panel per measure."""
    means: dict[str, dict[str, float | None]] = content.figures
    known = {m: [v for v in of.values() if v is not None] for m, of in means.items()}
    sheet = on.Sheet(texts)
    for panel, segment, y in _draw_panels(sheet, content.segments, known, MEAN_WIDTH):
        value = means[panel.measure][segment.key]
        if value is None:
            sheet.small(panel.left + 4, y, texts("unknown"), colour=on.FAINT_INK)
            continue
        x, zero = panel.x(value), panel.x(0)
        sheet.line([zero, x], [y, y], lw=1.2)
        sheet.shape(segment, x, y, is_zero=value == 0)
        label = texts.mean(value, panel.measure)
        sheet.small(max(x, zero) + 7, y, label, colour=on.INK)

    described = []
    for segment in content.segments:
        own = ", ".join(
            f"{texts.word(measure)} {texts.mean(of[segment.key], measure)}"
            for measure, of in means.items()
        )
        described.append(texts("means_of_segment", segment=segment, means=own))
    leaders = []
    for measure in content.plan.subjects:
        of = means[measure]
        known_of = [s for s in content.segments if of[s.key] is not None]
        leader = max(known_of, key=lambda s: of[s.key], default=None)
        if leader and of[leader.key]:
            fields = {"measure": texts.word(measure), "segment": leader}
            mean = texts.mean(of[leader.key], measure)
            leaders.append(texts("leader", mean=mean, **fields))
    fields = {"leaders": texts.listed(leaders), "means": texts.listed(described)}
    return sheet, "reading" if leaders else "reading_without_values", fields


def draw_boxes(content: Content, texts: ChartTexts) -> tuple[on.Sheet, str, dict]:
    """One row of boxes per segment, one panel per measure that anybody has any of."""
    boxes: dict[str, dict[str, Box]] = content.figures
    values = {
        measure: [v for box in of.values() for v in (*box.points, *box.quantiles)]
        for measure, of in boxes.items()
    }
    main, *others = content.plan.subjects
    shown = {m: of for m, of in values.items() if m == main or any(of)}
    sheet = on.Sheet(texts, least=LEAST_BOXED)
    for panel, segment, y in _draw_panels(sheet, content.segments, shown, 6.0):
        _draw_box(sheet, panel, boxes[panel.measure][segment.key], segment, y=y)
    for note, is_known in (("without_values", True), ("without_known_values", False)):
        missing = [m for m in others if m not in shown and bool(values[m]) == is_known]
        if missing:
            words = ", ".join(map(texts.word, missing))
            sheet.notes.append(texts(note, measures=words))

    medians = {
        segment: (boxes[main][segment.key].quantiles or (None,) * 3)[2]
        for segment in content.segments
    }
    named = {s: texts.mean(median, main) for s, median in medians.items()}
    described = [
        texts("median_of_segment", segment=segment, median=median)
        for segment, median in named.items()
    ]
    fields = {"measure": texts.word(main), "medians": texts.listed(described)}
    known = [segment for segment in medians if medians[segment] is not None]
    if not known:
        return sheet, "reading_without_values", fields
    for end, choose in (("highest", max), ("lowest", min)):
        segment = choose(known, key=medians.__getitem__)
        fields |= {end: segment, f"{end}_median": named[segment]}
    fields["median"] = named[segment]
    is_equal = medians[fields["highest"]] == medians[segment]
    return sheet, "reading_of_equal_medians" if is_equal else "reading", fields


def _draw_box(
    sheet: on.Sheet, panel: Panel, box: Box, segment: Segment, *, y: float
) -> None:
    if not box.quantiles:
        sheet.small(panel.left + 4, y, sheet.texts("unknown"), colour=on.FAINT_INK)
        return
    is_drawn_singly = box.known_count < LEAST_BOXED
    if is_drawn_singly or box.quantiles[0] == box.quantiles[-1]:
        for value in box.points if is_drawn_singly else [box.quantiles[2], *box.points]:
            sheet.shape(segment, panel.x(value), y, is_zero=value == 0, ms=5.5)
        return
    low, q1, median, q3, high = map(panel.x, box.quantiles)
    for xs in ([low, q1], [q3, high]):
        sheet.line(xs, [y, y], colour=segment.colour, lw=1.2, zorder=3)
    look = {"ec": segment.colour, "lw": 0.8, "zorder": 3}
    sheet.bar(q1, y, q3 - q1, BOX_HEIGHT, segment.colour, **look)
    is_within = min(median - q1, q3 - median) >= LEAST_MEDIAN_GAP
    reach = BOX_HEIGHT / 2 + (0 if is_within else 2.5)
    ink = on.ink_on(segment.colour) if is_within else on.INK
    sheet.vertical(median, y - reach, y + reach, colour=ink, lw=1.3, zorder=3.5)
    xs = [panel.x(value) for value in box.points]
    sheet.shape(segment, xs, [y] * len(xs), ms=3, mfc="none", zorder=3)
