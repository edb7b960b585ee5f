"""Draw one chart in one language: one renderer per kind.

Each draws on a figure and gives the height of what it drew and the fields of the texts:
of the subtitle, the reading (the sentence beside the chart) and the alternative text,
which is for those who do not see the drawing. ``notes`` and the ``keys`` of a legend
are drawn too.
"""

import math
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import ScaledTranslation, Transform

from segmentation.reporting.charts import sheet as on
from segmentation.reporting.charts.reading import (
    COUNT_COLUMNS,
    MOST_PLACES,
    VALUES_PER_SEGMENT,
    Chart,
    Segment,
)
from segmentation.reporting.charts.texts import SHARE, ChartTexts

NAME_WIDTH = 150
# Of a table's columns together; more have no room for level names.
COLUMNS_WIDTH, MOST_LEVEL_NAMES = 360, 5
LEAST_ROW_HEIGHT = 23
# A box of fewer values would show quartiles that nobody has: they are drawn one by one.
LEAST_BOXED = 5
QUANTILES = {"low_whisker": "whislo", "low_quartile": "q1", "median": "med",
             "high_quartile": "q3", "high_whisker": "whishi"}  # fmt: skip
# Coordinates that differ by less do so in the last bits of a sum.
LEAST_SPREAD = 1e-9
MAP_HEIGHT, COUNTS_HEIGHT = 400, 230
# Of the longest bar of a ranking, at the least.
BAR_WIDTH = 300
Drawn = tuple[float, dict[str, Any]]
SMALL = {"fontsize": on.SMALL_SIZE}


def draw_chart(chart: Chart, texts: ChartTexts) -> tuple[str, str, str, bytes]:
    """Give title, reading (one sentence), alternative text and picture."""
    with on.own_style():
        figure, title, reading, alternative_text = draw_figure(chart, texts)
        return title, reading, alternative_text, on.to_png(figure)


def draw_figure(chart: Chart, texts: ChartTexts) -> tuple[Figure, str, str, str]:
    figure = on.new_figure()
    body, fields = RENDERERS[chart.kind](figure, chart, texts)
    keys, notes = fields.pop("keys", []), fields.pop("notes", [])
    title, subtitle, reading = (
        texts(name, **fields) for name in ("title", "subtitle", "reading")
    )
    on.set_words(figure, body, [title, subtitle], keys=keys, notes=notes)
    alternative_text = texts("alternative_text", reading=reading, **fields)
    return figure, title, reading, alternative_text


def key_of(segment: Segment, *, is_hollow: bool = False, **look: Any) -> Line2D:
    """The shape of a segment, for a legend or at a place."""
    look = {"mfc": on.PAPER if is_hollow else segment.colour, "ms": 7, "ls": ""} | look
    xs, ys = look.pop("xs", []), look.pop("ys", [])
    return Line2D(xs, ys, marker=segment.marker, mec=segment.colour, **look)


def legend_of(segments: list[Segment], texts: ChartTexts) -> list[Line2D]:
    return [key_of(s, label=on.wrapped(texts.name(s), 200, lines=2)) for s in segments]


def beside(axes: Axes, place: tuple[float, float], text: str, **look: Any) -> None:
    """Write a small text to the right of a place."""
    look |= {"textcoords": "offset points", "va": "center_baseline", **SMALL}
    axes.annotate(text, place, (7, 0), **look)


def names_of(segments: list[Segment], texts: ChartTexts) -> list[str]:
    return [on.wrapped(texts.name(segment), NAME_WIDTH) for segment in segments]


def name_rows(axes: Axes, segments: list[Segment], names: list[str]) -> float:
    """Name rows, with the shapes of segments, from the top; the height they need."""
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.tick_params(axis="y", pad=19)
    for y, segment in enumerate(segments):
        axes.add_artist(shape_beside(axes, axes.get_yaxis_transform(), segment, y=y))
    return len(names) * max(LEAST_ROW_HEIGHT, on.height_of(names) + 5)


def shape_beside(
    axes: Axes, transform: Transform, segment: Segment, *, y: float, up: float = 0
) -> Line2D:
    """Give the shape of a segment, left of axes and some points up."""
    shift = ScaledTranslation(-11 / 72, up / 72, axes.figure.dpi_scale_trans)
    return key_of(segment, xs=[0], ys=[y], transform=transform + shift, clip_on=False)


def draw_sizes(figure: Figure, chart: Chart, texts: ChartTexts) -> Drawn:
    """One bar per segment: a member set by hand counts where it is."""
    counts = {segment: segment.placed_count for segment in chart.segments}
    total = sum(counts.values())
    axes = figure.subplots()
    colours = [segment.colour for segment in counts]
    bars = axes.barh(range(len(counts)), counts.values(), 0.62, color=colours)
    labels = [f"{texts.number(n)} ({texts.share(n / total)})" for n in counts.values()]
    axes.bar_label(bars, labels, padding=5)
    axes.set_xlim(0, max(counts.values()))
    axes.xaxis.set_visible(False)
    axes.spines.left.set_visible(True)
    body = name_rows(axes, chart.segments, names_of(chart.segments, texts))
    sizes = [
        texts("size", segment=segment, members=count, share=count / total)
        for segment, count in counts.items()
    ]
    return body, {"members": total, "sizes": texts.listed(sizes)}


def measure_panels(
    figure: Figure,
    chart: Chart,
    texts: ChartTexts,
    values: dict[str, list[float]],
    *,
    ticks: int = 2,
) -> tuple[list[Axes], float]:
    """One panel per measure and one row per segment; one unit has one scale.

    All but shares are on a logarithmic scale that is linear between -1 and 1, so that
    0 has a place on it. ``values`` are those to be drawn, ``ticks`` besides 0 at most.
    """
    panels = list(figure.subplots(1, len(values), sharey=True, squeeze=False)[0])
    for axes, measure in zip(panels, values, strict=True):
        unit = texts.unit(measure)
        alike = [v for m in values if texts.unit(m) == unit for v in values[m]]
        # Up to 10 at least, or nobody having any would leave no scale.
        low, high = min([0.0, *alike]), max([1.0 if unit == SHARE else 10.0, *alike])
        if unit == SHARE:
            axes.set_xticks([0, high], [texts.share(0), texts.share(high)])
        else:
            axes.set_xscale("symlog", linthresh=1, linscale=0.5)
            axes.set_xticks(_powers(low, high, ticks))
            axes.xaxis.set_major_formatter(lambda v, _: texts.plain_number(v))
            axes.minorticks_off()
        axes.set_xlim(low, high)
        axes.grid(axis="x")
        axes.axvline(0, color=on.RULE, lw=0.8)
        axes.set_title(on.wrapped(texts.word(measure), 300 / len(values), lines=2))
    body = name_rows(panels[0], chart.segments, names_of(chart.segments, texts))
    return panels, body + 40


def _powers(low: float, high: float, ticks: int) -> list[int]:
    """0 and powers of ten: one, or two if they are wanted and there is room."""
    most = math.floor(math.log10(max(high, -low)))
    steps = {most} if ticks == 1 or low < 0 or most < 4 else {most, most // 2}
    signs = (-1, 1) if ticks > 1 else (1 if high >= -low else -1,)
    powers = {sign * 10**step for step in steps for sign in signs}
    return sorted({0} | {power for power in powers if low <= power <= high})


def unknown_note(texts: ChartTexts, counts: dict[str, int]) -> list[str]:
    """Say how many values are not known of each measure."""
    words = [
        texts("unknown_of_measure", measure=texts.word(measure), members=count)
        for measure, count in counts.items()
        if count
    ]
    return [texts("unknown_values", measures=texts.listed(words))] if words else []


def draw_means(figure: Figure, chart: Chart, texts: ChartTexts) -> Drawn:
    """One row of dots per segment, one panel per measure; the means beside it."""
    means = {
        measure: {segment: of[segment.key][0] for segment in chart.segments}
        for measure, of in chart.figures.items()
    }
    known = {m: [v for v in of.values() if v is not None] for m, of in means.items()}
    ticks = 1 if len(means) > 4 else 2
    panels, body = measure_panels(figure, chart, texts, known, ticks=ticks)
    for axes, (measure, of) in zip(panels, means.items(), strict=True):
        axes.set_xlabel(texts("mean"))
        for y, (segment, mean) in enumerate(of.items()):
            place = {"xycoords": axes.get_yaxis_transform()}
            beside(axes, (1, y), texts.mean(mean, measure), **place)
            if mean is not None:
                axes.plot([0, mean], [y, y], color=on.RULE, lw=1.2)
                place = {"xs": [mean], "ys": [y], "clip_on": False, "zorder": 3}
                axes.add_artist(key_of(segment, is_hollow=mean == 0, **place))

    described, leaders = [], []
    for segment in chart.segments:
        own = ", ".join(
            f"{texts.word(measure)} {texts.mean(of[segment], measure)}"
            for measure, of in means.items()
        )
        described.append(texts("means_of_segment", segment=segment, means=own))
    for measure in chart.subjects:
        of = {segment: mean for segment, mean in means[measure].items() if mean}
        if of:
            leader = max(of, key=of.__getitem__)
            fields = {"mean": texts.mean(of[leader], measure), "segment": leader}
            leaders.append(texts("leader", measure=texts.word(measure), **fields))
    unknown = {m: sum(n for _, n in of.values()) for m, of in chart.figures.items()}
    return body + 12, {
        "notes": unknown_note(texts, unknown),
        "leaders": texts.listed(leaders),
        "means": texts.listed(described),
    }


def draw_boxes(figure: Figure, chart: Chart, texts: ChartTexts) -> Drawn:
    """One row of boxes per segment, one panel per measure.

    The boxes are Tukey's (1977), but for their whiskers, which end at the 5th and 95th
    percentile: a multiple of the distance between quartiles would depend on the scale.
    """
    boxes: dict[str, dict[str, dict[str, list[float]]]] = chart.figures
    values = {
        measure: [v for box in of.values() for name in (*QUANTILES, "outlier")
                  for v in box.get(name, [])]
        for measure, of in boxes.items()
    }  # fmt: skip
    panels, body = measure_panels(figure, chart, texts, values)
    unknown = dict.fromkeys(boxes, 0)
    for axes, (measure, of) in zip(panels, boxes.items(), strict=True):
        for y, segment in enumerate(chart.segments):
            known = int(sum(of[segment.key].get("known_count", [])))
            unknown[measure] += segment.model_count - known
            if known:
                _draw_box(axes, of[segment.key], segment, y)
            else:
                beside(axes, (0, y), texts("unknown"), color=on.FAINT_INK)

    main = chart.subjects[0]
    medians = [
        texts("median_of_segment", segment=s, median=texts.mean(median, main))
        for s in chart.segments
        for median in boxes[main][s.key].get("median", [None])
    ]
    return body, {
        "notes": unknown_note(texts, unknown),
        "least": LEAST_BOXED,
        "measure": texts.word(main),
        "medians": texts.listed(medians),
    }


def _draw_box(
    axes: Axes, box: dict[str, list[float]], segment: Segment, y: int
) -> None:
    outliers = box.get("outlier", [])
    is_small = box["known_count"][0] < LEAST_BOXED
    if is_small or box["low_whisker"] == box["high_whisker"]:
        for value in outliers if is_small else box["median"] + outliers:
            look = {"xs": [value], "ys": [y], "ms": 5.5, "clip_on": False, "zorder": 3}
            axes.add_artist(key_of(segment, is_hollow=value == 0, **look))
        return
    line = {"color": segment.colour, "lw": 1.2}
    figures = {name: box[figure][0] for figure, name in QUANTILES.items()}
    axes.bxp(
        [figures | {"fliers": outliers}],
        positions=[y],
        widths=0.5,
        orientation="horizontal",
        manage_ticks=False,
        patch_artist=True,
        showcaps=False,
        boxprops={"fc": segment.colour, "ec": segment.colour, "lw": 0.8},
        whiskerprops=line,
        flierprops={"marker": segment.marker, "ms": 3, "mfc": "none",
                    "mec": segment.colour, "clip_on": False},
        medianprops={"lw": 0},
    )  # fmt: skip
    # It reaches beyond the box, or it could not be told from one of its ends.
    median = {"color": on.INK, "lw": 1.4, "clip_on": False, "zorder": 4}
    axes.plot(box["median"] * 2, [y - 0.36, y + 0.36], **median)


def draw_mix(figure: Figure, chart: Chart, texts: ChartTexts) -> Drawn:
    """One card per segment: a bar per frequent value, and a tick for all members."""
    mixes: dict[str, list[tuple]] = chart.figures
    rows = -(-len(chart.segments) // 2)
    cards = figure.subplots(rows, 2, sharex=True, squeeze=False).flatten()
    most = max(len(mix) for mix in mixes.values())
    highest = max(share for mix in mixes.values() for row in mix for share in row[1:3])
    leaders, heights, titles = [], [12.0], []
    for axes, segment in zip(cards, chart.segments, strict=False):
        mix = mixes.get(segment.key, [])
        names = [
            texts("unknown") if value is None
            else on.wrapped(value, 125, size=on.SMALL_SIZE)
            for value, *_ in mix
        ]  # fmt: skip
        heights.append(on.height_of(names, on.SMALL_SIZE) + 4)
        colours = [on.BAND if row[0] is None else segment.colour for row in mix]
        places = range(len(mix))
        axes.barh(places, [share for _, share, *_ in mix], 0.6, color=colours)
        axes.plot([overall for *_, overall, _ in mix], places, "|", color=on.INK,
                  ms=11, mew=1.4)  # fmt: skip
        for y, (_, share, overall, _) in enumerate(mix):
            end = (max(share, overall), y)
            beside(axes, end, texts.share(share), color=on.SECOND_INK)
        axes.set_yticks(places, names, **SMALL)
        axes.set_ylim(most - 0.4, -0.6)
        titles.append(on.wrapped(texts.name(segment), 140, weight="bold"))
        axes.set_title(titles[-1])
        axes.add_artist(shape_beside(axes, axes.transAxes, segment, y=1, up=10))
        if mix and mix[0][0] is not None:
            fields = {"segment": segment, "name": mix[0][0], "share": mix[0][1]}
            leaders.append(texts("leading_value", **fields))
        else:
            axes.set_xlabel(texts("no_value"))
    for axes in cards:
        axes.set_xlim(0, highest)
        axes.xaxis.set_ticks([])
    for axes in cards[len(chart.segments) :]:
        axes.remove()
    unknown = sum(row[3] for mix in mixes.values() for row in mix if row[0] is None)
    return rows * (most * max(heights) + on.height_of(titles) + 24), {
        "notes": [texts("unknown_name", members=unknown)] if unknown else [],
        "shown": VALUES_PER_SEGMENT,
        "leaders": texts.listed(leaders),
    }


def draw_ranking(figure: Figure, chart: Chart, texts: ChartTexts) -> Drawn:
    """One bar per value; its parts are the segments in the order of the legend."""
    places, other_count, other_members, unknown = chart.figures
    totals = [total for _, total, _ in places]
    names = [on.wrapped(n, 172, size=on.SMALL_SIZE, lines=2) for n, *_ in places]
    axes = figure.subplots()
    ys = range(len(places))
    left = np.zeros(len(places))
    for segment in chart.segments:
        counts = np.array([parts.get(segment.key, 0) for *_, parts in places])
        # A gap of paper between the parts.
        bars = axes.barh(
            ys, counts, 0.72, left, color=segment.colour, ec=on.PAPER, lw=0.6
        )
        words = [texts.number(count) for count in counts]
        labels = [
            word
            if 0 < count < total
            and 5 * len(word) + 5 <= BAR_WIDTH * count / max(totals)
            else ""
            for word, count, total in zip(words, counts, totals, strict=True)
        ]
        look = {"color": on.ink_on(segment.colour), "fontsize": on.PART_SIZE}
        axes.bar_label(bars, labels, label_type="center", **look)
        left += counts
    bars = axes.barh(ys, totals, color="none")
    axes.bar_label(bars, [texts.number(total) for total in totals], padding=4, **SMALL)
    axes.set_yticks(ys, names, **SMALL)
    axes.set_ylim(len(places) - 0.5, -0.5)
    axes.set_xlim(0, max(totals))
    axes.xaxis.set_visible(False)
    axes.spines.left.set_visible(True)

    notes = []
    if other_count:
        notes.append(texts("others", names=other_count, members=other_members))
    if unknown:
        notes.append(texts("unknown_name", members=unknown))
    everybody = sum(totals) + other_members + unknown
    sizes = [
        texts("size", name=name, members=total, share=total / everybody)
        for name, total, _ in places
    ]
    return len(places) * (on.height_of(names, on.SMALL_SIZE) + 5), {
        "keys": legend_of(chart.segments, texts),
        "notes": notes,
        "most": MOST_PLACES,
        "members": everybody,
        "shown": len(places),
        "sizes": texts.listed(sizes),
    }


def draw_map(figure: Figure, chart: Chart, texts: ChartTexts) -> Drawn:
    """Draw one shape per member on the first two components, and the centres.

    The axes are linear near 0 and logarithmic far from it (asinh), which keeps
    exceptional members on the map without pressing everybody else into one spot
    (Lupton, Gunn and Szalay 1999).
    """
    shares, pairs, centres = chart.figures
    segments = [segment for segment in chart.segments if segment.key in centres]
    points = {s: np.array(pairs[s.key], float).reshape(-1, 2) for s in segments}
    sampled = np.concatenate(list(points.values()))
    total = sum(segment.model_count for segment in segments)
    # Nine tenths of the members lie where the axes are linear.
    typical = float(np.quantile(np.abs(sampled).max(axis=1), 0.9))
    thirds = round(3 * math.log10(max(typical, LEAST_SPREAD)))
    # 1, 2 or 5 times a power of ten.
    linear_to = float(f"{10 ** (thirds / 3):.0e}") if typical > LEAST_SPREAD else 1.0
    axes = figure.subplots()
    axes.set_xscale("asinh", linear_width=linear_to)
    axes.set_yscale("asinh", linear_width=linear_to)
    look = {"mec": on.PAPER, "mew": 0.35, "alpha": 0.85, "ls": ""}
    # The largest segments below, the smallest on top of them.
    for segment in sorted(segments, key=lambda s: -s.model_count):
        look |= {"marker": segment.marker, "color": segment.colour}
        axes.plot(*points[segment].T, ms=5 if len(sampled) <= 2_000 else 3, **look)
    for segment in segments:
        look = {"marker": segment.marker, "color": segment.colour, "mec": on.INK}
        axes.plot(*centres[segment.key], ms=10, mew=0.6, zorder=4, **look)
    for axis, label, share in zip(
        (axes.xaxis, axes.yaxis), ("first_axis", "second_axis"), shares, strict=True
    ):
        axis.set_ticks(asinh_ticks(*axis.get_view_interval(), linear_to))
        axis.set_major_formatter(lambda value, _: texts.plain_number(value))
        axis.set_label_text(texts(label, share=share))
    axes.tick_params(labelsize=on.SMALL_SIZE, labelcolor=on.SECOND_INK)
    axes.minorticks_off()
    axes.grid()

    described = []
    for segment in segments:
        x, y = (texts.number(value, decimals=1) for value in centres[segment.key])
        described.append(texts("centre", segment=segment, x=x, y=y))
    members = texts.members(total)
    if len(sampled) < total:
        members = texts("sample", shown=len(sampled), members=total)
    return MAP_HEIGHT, {
        "keys": legend_of(segments, texts),
        "share": min(1.0, sum(shares)),
        "segment": max(segments, key=lambda s: math.hypot(*centres[s.key])),
        "first_share": shares[0],
        "second_share": shares[1],
        "shown": members,
        "points": texts.members(len(sampled)),
        "linear_to": texts.plain_number(linear_to),
        "centres": texts.listed(described),
    }


def asinh_ticks(low: float, high: float, linear_to: float) -> list[float]:
    """Round values that keep apart on an axis that is linear up to a value."""
    span = np.ptp(np.arcsinh(np.array([low, high]) / linear_to))
    if span < 1:
        return list(MaxNLocator(5).tick_values(low, high)[1:-1])
    sizes = [0.0, 0.5, 1.0, 2.0, 5.0] if span <= 8 else [0.0]
    factors = (1, 2, 5) if span <= 8 else (1,)
    sizes += [factor * 10.0**power for power in range(1, 12) for factor in factors]
    ticks = {sign * size * linear_to for size in sizes for sign in (-1, 1)}
    return sorted(tick for tick in ticks if low <= tick <= high)


def draw_counts(figure: Figure, chart: Chart, texts: ChartTexts) -> Drawn:
    """Two panels: inertia, and silhouette beside that of shuffled copies, by chance."""
    counts = pd.DataFrame(chart.figures, columns=COUNT_COLUMNS).astype(float)
    xs = counts["cluster_count"]
    panels = figure.subplots(1, 2)
    flagged = counts[(counts["is_selected"] + counts["is_advised"]) > 0]
    keys = []
    for axes, name in zip(panels, ("inertia", "silhouette"), strict=True):
        axes.set_title(texts(name))
        axes.set_xlabel(texts("count_axis"))
        (line,) = axes.plot(xs, counts[name], "o-", color=on.INK, mfc=on.PAPER, ms=5,
                            lw=1.6, zorder=3)  # fmt: skip
        axes.plot(flagged["cluster_count"], flagged[name], "o", color=on.INK, zorder=4)
        axes.set_ylim(min(0, axes.get_ylim()[0]))
        axes.set_xlim(xs.min() - 0.4, xs.max() + 0.4)
        axes.xaxis.get_major_locator().set_params(integer=True)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(lambda value, _: texts.plain_number(value))
        axes.tick_params(axis="y", labelsize=on.SMALL_SIZE, labelcolor=on.SECOND_INK)
        axes.grid(axis="y")
    line.set_label(texts("your_members"))
    chance, highest = counts["null_silhouette"], counts["highest_null_silhouette"]
    panels[1].fill_between(xs, chance, highest, color=on.BAND, lw=0)
    (copies,) = panels[1].plot(xs, chance, "--", color=on.FAINT_INK, lw=1.3,
                               label=texts("shuffled_copies"))  # fmt: skip
    keys = [line, copies]
    for row in flagged.itertuples():
        words = ["selected"] * bool(row.is_selected) + ["advised"] * bool(
            row.is_advised
        )
        look = {
            "color": on.SECOND_INK,
            "ls": "--" if row.is_selected else ":",
            "lw": 0.9,
        }
        for axes in panels:
            flag = axes.axvline(row.cluster_count, **look)
        flag.set_label(texts("_and_".join(words), count=row.cluster_count))
        keys.append(flag)

    silhouettes = [
        texts(
            "silhouette_of_count", count=n, silhouette=texts.number(value, decimals=2)
        )
        for n, value in zip(xs, counts["silhouette"], strict=True)
        if not math.isnan(value)
    ]
    selected, advised = (
        ", ".join(texts.number(n) for n in xs[counts[f"is_{word}"] > 0])
        for word in ("selected", "advised")
    )
    return COUNTS_HEIGHT, {
        "keys": keys,
        "selected": selected,
        "advised": advised or texts("no_advice"),
        "first": xs.min(),
        "last": xs.max(),
        "silhouettes": ", ".join(silhouettes) or texts("unknown"),
    }


def draw_migrations(figure: Figure, chart: Chart, texts: ChartTexts) -> Drawn:
    """A table: a row per segment before, a column per segment after."""
    table = pd.Series(chart.figures).unstack(fill_value=0)
    rows, columns = (
        [segment for segment in chart.segments if segment.key in side]
        for side in (table.index, table.columns)
    )
    table = table.loc[[s.key for s in rows], [s.key for s in columns]]
    stays = np.equal.outer(table.index, table.columns)
    moved = np.ma.masked_array(table, stays)
    axes = figure.subplots()
    # Who stays is on grey; the more move, the stronger, and black is read on all.
    colours = mpl.colormaps["Oranges"].with_extremes(bad=on.GRID, under=on.PAPER)
    most = 2 * (moved.max() or 1)
    axes.imshow(moved, cmap=colours, vmin=0.5, vmax=most, aspect="auto")
    for (y, x), count in np.ndenumerate(table.to_numpy()):
        if count:
            axes.text(x, y, texts.number(count), ha="center", va="center", **SMALL)
    before, after = (
        [f"{name}\n{texts.members(n)}" for name, n in zip(names, sums, strict=True)]
        for names, sums in (
            (names_of(rows, texts), table.sum(axis=1)),
            (_column_names(columns, texts), table.sum(axis=0)),
        )
    )
    body = name_rows(axes, rows, before)
    is_upright = len(columns) > MOST_LEVEL_NAMES
    axes.set_xticks(range(len(columns)), after, rotation=90 * is_upright, color=on.INK)
    axes.xaxis.tick_top()
    axes.xaxis.set_label_position("top")
    axes.set(xlabel=texts("after"), ylabel=texts("before"))
    body += 30 + (NAME_WIDTH if is_upright else on.height_of(after))

    segments = {segment.key: segment for segment in chart.segments}
    moves = sorted(
        (-count, before, after)
        for (before, after), count in chart.figures.items()
        if before != after
    )
    listed = [
        texts("move", members=-n, before=segments[before], after=segments[after])
        for n, before, after in moves
    ]
    total = sum(chart.figures.values())
    return body, {
        "members": total,
        "stayed_share": 1 + sum(n for n, *_ in moves) / total,
        "moves": texts.listed(listed) or texts("no_move"),
    }


def _column_names(segments: list[Segment], texts: ChartTexts) -> list[str]:
    """Wrap names to the width of a column, or to one line that stands upright."""
    width, lines = COLUMNS_WIDTH / len(segments), 3
    if len(segments) > MOST_LEVEL_NAMES:
        width, lines = NAME_WIDTH, 1
    return [on.wrapped(texts.name(s), width, lines=lines) for s in segments]


RENDERERS = {
    "sizes": draw_sizes,
    "means": draw_means,
    "boxes": draw_boxes,
    "mix": draw_mix,
    "ranking": draw_ranking,
    "map": draw_map,
    "counts": draw_counts,
    "migrations": draw_migrations,
}
