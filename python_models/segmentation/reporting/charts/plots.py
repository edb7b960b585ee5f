"""Plots on axes of matplotlib's own: the map, and the number of clusters."""

import math

import numpy as np
from matplotlib.axes import Axes

from segmentation.reporting.charts import sheet as on
from segmentation.reporting.charts.reading import ClusterCount, Content
from segmentation.reporting.charts.texts import ChartTexts

MAP_HEIGHT, MAP_AXIS_WIDTH, MAP_AXIS_HEIGHT = 372.0, 46.0, 32.0
# Coordinates that differ by less do so in the last bits of a sum.
LEAST_SPREAD = 1e-9
COUNTS_HEIGHT, HEADING_HEIGHT, FLAG_HEIGHT, AXIS_HEIGHT = 190.0, 18.0, 13.0, 36.0
# At the least, left of a panel, for the numbers of its axis; between panels; right.
TICK_WIDTH, PANEL_GAP, END_LABEL_WIDTH = 40.0, 16.0, 84.0
LABEL_GAP = 15.0
MOST_TICKS = 10


def draw_map(content: Content, texts: ChartTexts) -> tuple[on.Sheet, str, dict]:
    """Draw one shape per member on the first two components, and the centres.

    The axes are linear near 0 and logarithmic far from it (asinh), which keeps
    exceptional members on the map without pressing everybody else into one spot
    (Lupton, Gunn and Szalay 1999).
    """
    shares, pairs, centres = content.figures
    segments = [segment for segment in content.segments if segment.key in centres]
    points = {s: np.array(pairs[s.key], float).reshape(-1, 2) for s in segments}
    sampled = np.concatenate(list(points.values()))
    total = sum(segment.model_count for segment in segments)
    # Nine tenths of the members lie where the axes are linear.
    typical = float(np.quantile(np.abs(sampled).max(axis=1), 0.9))
    linear_to = on.round_step(typical) if typical > LEAST_SPREAD else 1.0
    members = texts.members(total)
    if len(sampled) < total:
        members = texts("sample", shown=len(sampled), members=total)
    sheet = on.Sheet(texts, shown=members, linear_to=_coordinate(linear_to, texts))
    sheet.legend(segments)
    left, width = sheet.left + MAP_AXIS_WIDTH, sheet.right - sheet.left - MAP_AXIS_WIDTH
    axes = sheet.panel(left, width, MAP_HEIGHT)
    look = {"mec": on.PAPER, "mew": 0.35, "alpha": 0.85, "ls": ""}
    # The largest segments below, the smallest on top of them.
    for segment in sorted(segments, key=lambda s: -s.model_count):
        look |= {"marker": segment.marker, "color": segment.colour}
        size = 5 if len(sampled) <= 2_000 else 3
        axes.plot(*points[segment].T, ms=size, zorder=3, **look)
    for segment in segments:
        look = {"marker": segment.marker, "color": segment.colour, "mec": on.INK}
        axes.plot(*centres[segment.key], ms=10, mew=0.6, zorder=4, **look)
    sides = (("x", width / 12, "first_axis"), ("y", MAP_HEIGHT / 15, "second_axis"))
    for i, (side, most, label) in enumerate(sides):
        getattr(axes, f"set_{side}scale")("asinh", linear_width=linear_to)
        values = [*sampled[:, i], *(centre[i] for centre in centres.values())]
        low, high = min(values), max(values)
        # One point, or a line, still needs a width to lie in.
        spread = 0.0 if high > low else 1.0
        ends = np.arcsinh(np.array([low - spread, high + spread]) / linear_to)
        ends += np.array([-0.03, 0.03]) * (ends[1] - ends[0])
        axes.minorticks_off()
        ticks = round_ticks(linear_to, *ends, least_gap=(ends[1] - ends[0]) / most)
        axes.set(**{f"{side}lim": np.sinh(ends) * linear_to})
        labels = {tick: _coordinate(tick, texts) for tick in ticks}
        sheet.axis(axes, side, labels, texts(label, share=shares[i]))
    sheet.y += MAP_HEIGHT + MAP_AXIS_HEIGHT

    described = []
    for segment in segments:
        x, y = (texts.number(value, decimals=1) for value in centres[segment.key])
        described.append(texts("centre", segment=segment, x=x, y=y))
    fields = {
        "share": min(1.0, sum(shares)),
        "segment": max(segments, key=lambda s: math.hypot(*centres[s.key])),
        "first_share": shares[0],
        "second_share": shares[1],
        "shown": texts.members(len(sampled)),
        "centres": texts.listed(described),
    }
    reading = "reading_of_one_segment" if len(segments) == 1 else "reading"
    return sheet, reading, fields


def round_ticks(
    linear_to: float, low: float, high: float, *, least_gap: float
) -> list[float]:
    """Round values, 0 and the large ones first, that keep apart on an asinh axis.

    Ends and gap are those of ``arcsinh(value / linear_to)``. Values well within the
    linear part only where there would be too few.
    """
    chosen = {}
    for factor in (0, 1, 10, 100, 1000, 0.5, 5, 50, 2, 20, 0.2, 0.1, 0.05):
        if factor in (0.2, 0.1, 0.05) and len(chosen) >= 4:
            break
        for place in dict.fromkeys((math.asinh(factor), -math.asinh(factor))):
            if low <= place <= high and all(
                abs(place - other) >= least_gap for other in chosen
            ):
                chosen[place] = math.copysign(factor * linear_to, place)
    return sorted(chosen.values())


def _coordinate(value: float, texts: ChartTexts) -> str:
    # As many as a tick has: steps are 1, 2 or 5 times a power of ten, or half of it.
    decimals = next(d for d in range(13) if math.isclose(round(value, d), value))
    return texts.number(value, decimals=decimals)


def draw_counts(content: Content, texts: ChartTexts) -> tuple[on.Sheet, str, dict]:
    """Two panels: inertia, and silhouette beside that of shuffled copies, by chance."""
    counts: list[ClusterCount] = content.figures
    flags = []
    for count in counts:
        words = ["selected"] * count.is_selected + ["advised"] * count.is_advised
        if words:
            word = texts("_and_".join(words), count=count.cluster_count)
            flags.append((count.cluster_count, word))
    sheet = on.Sheet(texts)
    heading_y = sheet.y + 7
    sheet.y += HEADING_HEIGHT + FLAG_HEIGHT * len(flags) + 10
    known = [v for c in counts for v in c[2:5] if v is not None]
    highest = max(c.inertia for c in counts if c.inertia is not None) * 1.05 or 1.0
    inertia_ticks = _ticks(0.0, highest, texts)
    # Unscaled features have an inertia of many digits.
    tick_width = max(TICK_WIDTH, on.widest(inertia_ticks.values(), on.SMALL_SIZE) + 8)
    gaps = tick_width + PANEL_GAP + TICK_WIDTH + END_LABEL_WIDTH
    width = (sheet.right - sheet.left - gaps) / 2
    left, right = sheet.left + tick_width, sheet.right - END_LABEL_WIDTH
    elbow = sheet.panel(left, width, COUNTS_HEIGHT)
    silhouette = sheet.panel(right - width, width, COUNTS_HEIGHT)
    low, high = min([0.0, *known]), max([0.1, *known]) * 1.05
    for axes, figure, heading_x, ends, ticks in (
        (elbow, "inertia", sheet.left, (0.0, highest), inertia_ticks),
        (silhouette, "silhouette", right - width - TICK_WIDTH, (low, high),
         _ticks(low, high, texts)),
    ):  # fmt: skip
        sheet.write(heading_x, heading_y, texts(figure), is_bold=True)
        axes.set_ylim(*ends)
        _draw_counts(axes, figure, counts, flags)
        every = -(-len(counts) // MOST_TICKS)
        shown = [c.cluster_count for c in counts[::every]]
        labels = {count: texts.number(count) for count in shown}
        sheet.axis(axes, "x", labels, texts("count_axis"))
        axes.xaxis.grid(visible=False)
        sheet.axis(axes, "y", ticks)
    if not any(c.is_advised for c in counts):
        none = texts("no_advice")
        sheet.small(right, heading_y, none, colour=on.INK, ha="right")
    _draw_chance(silhouette, counts, texts)
    sheet.y += COUNTS_HEIGHT + AXIS_HEIGHT

    selected = [texts.number(c.cluster_count) for c in counts if c.is_selected]
    advised = [texts.number(c.cluster_count) for c in counts if c.is_advised]
    reading = "reading_of_other_advice" if advised else "reading_without_advice"
    if advised and selected == advised:
        reading = "reading_of_advised_choice"
    silhouettes = []
    for c in counts:
        if c.silhouette is not None:
            figure = texts.number(c.silhouette, decimals=2)
            fields = {"count": c.cluster_count, "silhouette": figure}
            silhouettes.append(texts("silhouette_of_count", **fields))
    fields = {
        "selected": "".join(selected[:1]),
        "advised": "".join(advised[:1]),
        "first": counts[0].cluster_count,
        "last": counts[-1].cluster_count,
        "silhouettes": ", ".join(silhouettes) or texts("unknown"),
    }
    return sheet, reading, fields


def _draw_counts(
    axes: Axes, figure: str, counts: list[ClusterCount], flags: list
) -> None:
    """Draw a curve, and a line for each flagged number with the word on top."""
    known = [c for c in counts if getattr(c, figure) is not None]
    xs, ys = [c.cluster_count for c in known], [getattr(c, figure) for c in known]
    axes.plot(xs, ys, color=on.INK, lw=1.6, zorder=3)
    fills = [on.INK if c.is_selected or c.is_advised else on.PAPER for c in known]
    axes.scatter(xs, ys, s=30, c=fills, edgecolors=on.INK, lw=0.6, zorder=4)
    first, last = counts[0].cluster_count, counts[-1].cluster_count
    axes.set_xlim(first - 0.4, last + 0.4)
    for i, (count, label) in enumerate(flags):
        y = 10 + FLAG_HEIGHT * (len(flags) - i - 0.5)
        is_left = count <= (first + last) / 2
        look = {"color": on.INK, "ha": "left" if is_left else "right", "va": "center"}
        axes.annotate(label, (count, 1), (4 if is_left else -4, y),
                      xycoords=("data", "axes fraction"), textcoords="offset points",
                      fontproperties=on.font(on.SMALL_SIZE), **look)  # fmt: skip
        axes.plot([count, count], [0, 1 + (y + 5) / COUNTS_HEIGHT], lw=0.8,
                  color=on.SECOND_INK, ls=(0, (3, 2)), clip_on=False,
                  transform=axes.get_xaxis_transform())  # fmt: skip


def _ticks(low: float, high: float, texts: ChartTexts) -> dict[float, str]:
    """Round values from low to high with their labels."""
    step = on.round_step((high - low) / 5)
    decimals = 0 if step >= 1 else 1 if step >= 0.1 else 2
    indices = range(math.ceil(low / step), math.floor(high / step) + 1)
    return {i * step: texts.number(i * step, decimals=decimals) for i in indices}


def _draw_chance(axes: Axes, counts: list[ClusterCount], texts: ChartTexts) -> None:
    """Draw what chance gives, and name the two curves where they end."""
    known = [c for c in counts if None not in c[3:5]]
    xs, means = [c.cluster_count for c in known], [c.null_silhouette for c in known]
    highest = [c.highest_null_silhouette for c in known]
    axes.fill_between(xs, means, highest, color=on.BAND, lw=0, zorder=1.5)
    axes.plot(xs, means, color=on.FAINT_INK, lw=1.3, ls=(0, (4, 2)), zorder=2)
    low, high = axes.get_ylim()
    ends = sorted(
        [(c[-1] - low) / (high - low) * COUNTS_HEIGHT, texts(word), colour]
        for c, word, colour in (
            ([c.silhouette for c in counts if c.silhouette is not None],
             "your_members", on.INK),
            (means, "shuffled_copies", on.FAINT_INK),
        )
        if c
    )  # fmt: skip
    if len(ends) == 2 and ends[1][0] - ends[0][0] < LABEL_GAP:
        lower = max(6.0, (ends[0][0] + ends[1][0] - LABEL_GAP) / 2)
        ends[0][0], ends[1][0] = lower, lower + LABEL_GAP
    for y, label, colour in ends:
        axes.annotate(label, (1, 0), (5, max(6.0, y)), xycoords="axes fraction",
                      textcoords="offset points", color=colour, va="center",
                      fontproperties=on.font(on.SMALL_SIZE))  # fmt: skip
