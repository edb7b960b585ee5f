"""Draw one chart in one language: one renderer per kind.

Each draws on a figure and gives the height of what it drew and the fields of the texts:
of the subtitle, the reading (the sentence beside the chart) and the alternative text,
which is for those who do not see the drawing. ``notes`` and the ``keys`` of a legend
are drawn too.
"""

import math
from itertools import combinations
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import ScaledTranslation

from segmentation.reporting.charts import sheet as on
from segmentation.reporting.charts.reading import (
    MOST_MONTHS,
    VALUES_PER_SEGMENT,
    Chart,
    Segment,
)
from segmentation.reporting.charts.texts import SHARE, ChartTexts
from segmentation.reporting.names import in_one_case

NAME_WIDTH = 150
MOST_PLACES = 30
# Of a table's columns together; more have no room for level names.
COLUMNS_WIDTH, MOST_LEVEL_NAMES = 360, 5
LEAST_ROW_HEIGHT = 23
# A box of fewer values would show quartiles that nobody has: they are drawn one by one.
LEAST_BOXED = 5
QUANTILES = {"low_whisker": "whislo", "low_quartile": "q1", "median": "med",
             "high_quartile": "q3", "high_whisker": "whishi"}  # fmt: skip
# Coordinates that differ by less do so in the last bits of a sum.
LEAST_SPREAD = 1e-9
# A measure is skewed if its largest value is more than so many typical ones.
SKEWED = 10
# An axis is named by features that load more than this part of the largest, at most so
# many.
NAMED_LOADING, MOST_NAMED_FEATURES = 0.4, 3
MAP_HEIGHT, COUNTS_HEIGHT, CADENCE_HEIGHT = 400, 230, 200
PAIRS_HEIGHT, CELL_HEIGHT = 210, 40
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


def shape(segment: Segment, x: Any = (), y: Any = (), **look: Any) -> Line2D:
    """The shape of a segment, at places or for a legend; at zero it is hollow."""
    fill = on.PAPER if x == 0 else segment.colour
    look = {"mfc": fill, "ms": 7, "ls": "", "clip_on": False, "zorder": 3} | look
    return Line2D(
        *np.atleast_1d(x, y), marker=segment.marker, mec=segment.colour, **look
    )


def shape_beside(axes: Axes, segment: Segment, y: float, **place: Any) -> None:
    """Draw the shape of a segment left of axes."""
    shift = ScaledTranslation(
        -11 / 72, place.pop("up", 0) / 72, axes.figure.dpi_scale_trans
    )
    place = {"transform": place["transform"] + shift, "mfc": segment.colour}
    axes.add_artist(shape(segment, 0, y, **place))


def names_of(
    segments: list[Segment], texts: ChartTexts, width: float = NAME_WIDTH, *,
    lines: int = 3, members: Any = (),
) -> list[str]:  # fmt: skip
    """Names of segments in lines, with numbers of members below them if there are."""
    names = [on.wrapped(texts.name(s), width, lines=lines) for s in segments]
    counted = zip(names, map(texts.members, members), strict=False)
    return ["\n".join(pair) for pair in counted] or names


def legend_of(segments: list[Segment], texts: ChartTexts) -> list[Line2D]:
    names = names_of(segments, texts, 200, lines=2)
    return [shape(s, label=name) for s, name in zip(segments, names, strict=True)]


def beside(axes: Axes, place: tuple[float, float], text: str, **look: Any) -> None:
    """Write a small text to the right of a place."""
    look |= {"textcoords": "offset points", "va": "center_baseline", **SMALL}
    axes.annotate(text, place, (9, 0), **look)


def name_rows(axes: Axes, segments: list[Segment], names: list[str]) -> float:
    """Name rows, with the shapes of segments, from the top; the height they need."""
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.tick_params(axis="y", pad=19)
    for y, segment in enumerate(segments):
        shape_beside(axes, segment, y, transform=axes.get_yaxis_transform())
    return len(names) * max(LEAST_ROW_HEIGHT, on.height_of(names) + 5)


def plain_bars(axes: Axes, most: float) -> None:
    """Let bars begin at a line and have no scale but their labels."""
    axes.set_xlim(0, most)
    axes.xaxis.set_visible(False)
    axes.spines.left.set_visible(True)


def draw_sizes(figure: Figure, chart: Chart, texts: ChartTexts) -> Drawn:
    """One bar per segment: a member set by hand counts where it is."""
    counts = {segment: segment.placed_count for segment in chart.segments}
    total = sum(counts.values())
    axes = figure.subplots()
    colours = [segment.colour for segment in counts]
    bars = axes.barh(range(len(counts)), counts.values(), 0.62, color=colours)
    labels = [f"{texts.number(n)} ({texts.share(n / total)})" for n in counts.values()]
    axes.bar_label(bars, labels, padding=5)
    plain_bars(axes, max(counts.values()))
    sizes = texts.items("size", [
        {"segment": segment, "members": count, "share": count / total}
        for segment, count in counts.items()
    ])  # fmt: skip
    body = name_rows(axes, chart.segments, names_of(chart.segments, texts))
    return body, {"members": total, "sizes": sizes}


def measure_panels(
    figure: Figure,
    chart: Chart,
    texts: ChartTexts,
    values: pd.Series,
    *,
    ticks: int = 2,
) -> dict[str, Axes]:
    """One panel per measure and one row per segment; one unit has one scale.

    All but shares are on a logarithmic scale that is linear between -1 and 1, so that
    0 has a place on it. ``values`` are those to be drawn, by measure; what is an extra
    is left out where nobody has any. ``ticks`` are those besides 0, at most.
    """
    measures = [*chart.subjects]
    measures += [m for m in chart.extras if values[values.index == m].any()]
    units = values.index.map(texts.unit)
    panels = figure.subplots(1, len(measures), sharey=True, squeeze=False)[0]
    for axes, measure in zip(panels, measures, strict=True):
        unit = texts.unit(measure)
        alike = values[units == unit].dropna()
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
        axes.set_title(on.wrapped(texts.word(measure), 300 / len(measures), lines=2))
    return dict(zip(measures, panels, strict=True))


def _powers(low: float, high: float, ticks: int) -> list[int]:
    """0 and powers of ten: one, or two if they are wanted and there is room.

    Of a scale with both signs each side has the largest that fits it.
    """
    most = math.floor(math.log10(max(high, -low)))
    steps = {most} if ticks == 1 or low < 0 or most < 4 else {most, most // 2}
    signs = (-1, 1) if ticks > 1 else (1 if high >= -low else -1,)
    powers = {sign * 10**step for step in steps for sign in signs}
    if ticks > 1 and low <= -10:
        powers.add(-(10 ** math.floor(math.log10(-low))))
    return sorted({0} | {power for power in powers if low <= power <= high})


def unknown_note(texts: ChartTexts, counts: pd.Series) -> list[str]:
    """Say how many values are not known of each measure."""
    words = texts.items("unknown_of_measure", [
        {"measure": texts.word(measure), "members": count}
        for measure, count in counts.items() if count
    ])  # fmt: skip
    return [texts("unknown_values", measures=words)] if words else []


def draw_means(figure: Figure, chart: Chart, texts: ChartTexts) -> Drawn:
    """One row of dots per segment, one panel per measure; the means beside it."""
    frame = chart.frame()
    frame["unknown"] = frame["member_count"] * (1 - frame["known_share"])
    means = frame.set_index(["measure", "segment_key"])["mean_value"].astype(float)
    by_measure = means.droplevel("segment_key")
    # Labels beside the panels take their room.
    letters = max((len(texts.number(mean)) for mean in means.dropna()), default=0)
    is_tight = letters * by_measure.index.nunique() > 24
    ticks, width, lines = (1, 100, 4) if is_tight else (2, NAME_WIDTH, 3)
    panels = measure_panels(figure, chart, texts, by_measure, ticks=ticks)
    for measure, axes in panels.items():
        axes.set_xlabel(texts("mean"))
        for y, segment in enumerate(chart.segments):
            mean = means.get((measure, segment.key), math.nan)
            at_the_end = {"xycoords": axes.get_yaxis_transform()}
            beside(axes, (1, y), texts.mean(mean, measure), **at_the_end)
            axes.plot([0, mean], [y, y], color=on.RULE, lw=1.2)
            axes.add_artist(shape(segment, mean, y))
    names = names_of(chart.segments, texts, width, lines=lines)
    body = name_rows(panels[chart.subjects[0]], chart.segments, names)
    named = {segment.key: segment for segment in chart.segments}
    described = []
    for key, segment in named.items():
        own = {m: texts.mean(means.get((m, key), math.nan), m) for m in panels}
        words = ", ".join(f"{texts.word(m)} {mean}" for m, mean in own.items())
        described.append({"segment": segment, "means": words})
    leaders = texts.items("leader", [
        {"measure": texts.word(measure), "segment": named[of.idxmax()[1]],
         "mean": texts.mean(of.max(), measure)}
        for measure in chart.subjects
        for of in [means[by_measure.index == measure]] if of.any()
    ])  # fmt: skip
    unknown = frame.groupby("measure")["unknown"].sum().round().reindex(panels)
    return body + 52, {
        "notes": unknown_note(texts, unknown.fillna(0)),
        "means": texts.items("means_of_segment", described),
        "leaders": leaders or texts("none"),
    }


def draw_boxes(figure: Figure, chart: Chart, texts: ChartTexts) -> Drawn:
    """One row of boxes per segment, one panel per measure.

    The boxes are Tukey's (1977), but for their whiskers, which end at the 5th and 95th
    percentile: a multiple of the distance between quartiles would depend on the scale.
    """
    frame = chart.frame()
    figures = frame.groupby(["measure", "segment_key", "figure"])["value"].agg(list)
    drawn = frame[frame["figure"] != "known_count"].set_index("measure")["value"]
    panels = measure_panels(figure, chart, texts, drawn)
    unknown = dict.fromkeys(panels, sum(s.model_count for s in chart.segments))
    for measure, axes in panels.items():
        for y, segment in enumerate(chart.segments):
            if (measure, segment.key, "median") in figures:
                box = figures[measure, segment.key]
                unknown[measure] -= int(box["known_count"][0])
                _draw_box(axes, box, segment, y)
            else:
                beside(axes, (0, y), texts("unknown"), color=on.FAINT_INK)
    main = chart.subjects[0]
    medians = texts.items("median_of_segment", [
        {"segment": s, "median": texts.mean(median, main)}
        for s in chart.segments
        for median in figures.get((main, s.key, "median"), [math.nan])
    ])  # fmt: skip
    body = name_rows(panels[main], chart.segments, names_of(chart.segments, texts))
    return body + 40, {
        "notes": unknown_note(texts, pd.Series(unknown)),
        "least": LEAST_BOXED,
        "measure": texts.word(main),
        "medians": medians,
    }


def _draw_box(axes: Axes, box: pd.Series, segment: Segment, y: int) -> None:
    outliers = box.get("outlier", [])
    is_small = box["known_count"][0] < LEAST_BOXED
    if is_small or box["low_whisker"] == box["high_whisker"]:
        for value in outliers if is_small else box["median"] + outliers:
            axes.add_artist(shape(segment, value, y, ms=5.5))
        return
    figures = {name: box[figure][0] for figure, name in QUANTILES.items()}
    axes.bxp(
        [figures | {"fliers": outliers}], positions=[y], widths=0.5,
        orientation="horizontal", manage_ticks=False, patch_artist=True, showcaps=False,
        # Without any they would still take room, at the corner of the figure.
        showfliers=bool(outliers),
        boxprops={"fc": segment.colour, "ec": segment.colour, "lw": 0.8},
        whiskerprops={"color": segment.colour, "lw": 1.2},
        flierprops={"marker": segment.marker, "ms": 3, "mfc": "none",
                    "mec": segment.colour, "clip_on": False},
        medianprops={"lw": 0},
    )  # fmt: skip
    # It reaches beyond the box, or it could not be told from one of its ends.
    median = {"color": on.INK, "lw": 1.4, "clip_on": False, "zorder": 4}
    axes.plot(box["median"] * 2, [y - 0.36, y + 0.36], **median)


def draw_mix(figure: Figure, chart: Chart, texts: ChartTexts) -> Drawn:
    """One card per segment: a bar per frequent value, and a tick for all members."""
    frame = chart.frame().sort_values("value_rank")
    known = frame[frame["dimension_value"].notna()]
    known = known.groupby("segment_key").head(VALUES_PER_SEGMENT)
    unknown = frame[frame["dimension_value"].isna()]
    rows = -(-len(chart.segments) // 2)
    cards = figure.subplots(rows, 2, sharex=True, squeeze=False).flatten()
    shown = pd.concat([known, unknown])
    most = shown["segment_key"].value_counts().max()
    highest = shown[["cluster_share", "population_share"]].max().max()
    heights, titles = [12.0], []
    for axes, segment in zip(cards, chart.segments, strict=False):
        mix = shown[shown["segment_key"] == segment.key]
        shares, everybody = mix["cluster_share"], mix["population_share"]
        values = mix["dimension_value"].fillna(texts("unknown"))
        names = [on.wrapped(value, 125, size=on.SMALL_SIZE) for value in values]
        is_known = mix["dimension_value"].notna()
        colours = np.where(is_known, segment.colour, on.BAND)
        ys = range(len(mix))
        axes.barh(ys, shares, 0.6, color=colours)
        axes.plot(everybody, ys, "|", color=on.INK, ms=11, mew=1.4)
        for y, ends in enumerate(zip(shares, everybody, strict=True)):
            beside(axes, (max(ends), y), texts.share(ends[0]), color=on.SECOND_INK)
        axes.set_yticks(ys, names, **SMALL)
        axes.set_ylim(most - 0.4, -0.6)
        xlabel = "" if is_known.any() else texts("no_value")
        axes.set(xlim=(0, highest), xticks=[], xlabel=xlabel)
        heights.append(on.height_of(names, on.SMALL_SIZE) + 4)
        titles.append(on.wrapped(texts.name(segment), 140, weight="bold"))
        axes.set_title(titles[-1])
        shape_beside(axes, segment, 1, transform=axes.transAxes, up=10)
    for axes in cards[len(chart.segments) :]:
        axes.remove()
    members = unknown["member_count"].sum()
    first = known.groupby("segment_key").first()
    leaders = texts.items("leading_value", [
        {"segment": s, "name": first["dimension_value"][s.key],
         "share": first["cluster_share"][s.key]}
        for s in chart.segments if s.key in first.index
    ])  # fmt: skip
    return rows * (most * max(heights) + on.height_of(titles) + 24), {
        "notes": [texts("unknown_name", members=members)] if members else [],
        "shown": VALUES_PER_SEGMENT,
        "leaders": leaders,
    }


def stacked_bars(
    figure: Figure, parts: pd.DataFrame, names: list[str], segments: list[Segment],
    texts: ChartTexts,
) -> float:  # fmt: skip
    """One bar per row of numbers of members, with a part per segment; their height."""
    totals = parts.sum(axis=1)
    axes = figure.subplots()
    ys, left = range(len(totals)), np.zeros(len(totals))
    for segment in segments:
        counts = parts[segment.key]
        look = {"color": segment.colour, "ec": on.PAPER, "lw": 0.6}
        bars = axes.barh(ys, counts, 0.72, left, **look)
        labels = [
            # Where there is room, and it would not repeat the label of the bar.
            word
            if 0 < count < total and len(word) + 1 < 60 * count / totals.max()
            else ""
            for count, total in zip(counts, totals, strict=True)
            for word in [texts.number(count)]
        ]
        look = {"color": on.ink_on(segment.colour), "fontsize": on.PART_SIZE}
        axes.bar_label(bars, labels, label_type="center", **look)
        left += counts
    bars = axes.barh(ys, totals, color="none")
    axes.bar_label(bars, [texts.number(total) for total in totals], padding=4, **SMALL)
    axes.set_yticks(ys, names, **SMALL)
    axes.set_ylim(len(totals) - 0.5, -0.5)
    plain_bars(axes, totals.max())
    return len(totals) * (on.height_of(names, on.SMALL_SIZE) + 5)


def draw_ranking(figure: Figure, chart: Chart, texts: ChartTexts) -> Drawn:
    """One bar per value; its parts are the segments in the order of the legend."""
    frame = chart.frame()
    everybody = frame["member_count"].sum()
    parts = frame.pivot_table("member_count", "dimension_value", "segment_key", "sum")
    parts = parts.reindex(columns=[s.key for s in chart.segments]).fillna(0)
    # Sorted by name before.
    every = parts.sum(axis=1).sort_values(ascending=False, kind="stable")
    totals, others = every[:MOST_PLACES], every[MOST_PLACES:]
    unknown = everybody - every.sum()
    names = [
        on.wrapped(name, 172, size=on.SMALL_SIZE, lines=2) for name in totals.index
    ]
    body = stacked_bars(figure, parts.loc[totals.index], names, chart.segments, texts)
    notes = []
    if len(others):
        notes.append(texts("others", names=len(others), members=others.sum()))
    if unknown:
        notes.append(texts("unknown_name", members=unknown))
    sizes = texts.items("size", [
        {"name": name, "members": total, "share": total / everybody}
        for name, total in totals.items()
    ])  # fmt: skip
    return body, {
        "keys": legend_of(chart.segments, texts),
        "notes": notes,
        "most": MOST_PLACES,
        "members": everybody,
        "shown": len(totals),
        "sizes": sizes,
    }


def draw_history(figure: Figure, chart: Chart, texts: ChartTexts) -> Drawn:
    """One bar per month; its parts are the segments in the order of the legend."""
    sizes = chart.frame().pivot(
        index="month", columns="segment_key", values="member_count"
    )
    segments = [s for s in chart.segments if s.key in sizes and sizes[s.key].any()]
    sizes = sizes.reindex(columns=[s.key for s in segments]).fillna(0)
    body = stacked_bars(figure, sizes, list(sizes.index), segments, texts)
    first, last = sizes.iloc[0], sizes.iloc[-1]
    changes = texts.items("change", [
        {"segment": s, "before": first[s.key], "members": last[s.key]} for s in segments
    ])  # fmt: skip
    return body, {
        "keys": legend_of(segments, texts),
        "most": MOST_MONTHS,
        "first": sizes.index[0],
        "last": sizes.index[-1],
        "changes": changes,
    }


def draw_map(figure: Figure, chart: Chart, texts: ChartTexts) -> Drawn:
    """Draw one shape per member on the first two components, and the centres.

    The axes are linear near 0 and logarithmic far from it (asinh), which keeps
    exceptional members on the map without pressing everybody else into one spot
    (Lupton, Gunn and Szalay 1999).
    """
    shares, loadings, medians, places = chart.figures
    segments, centres, points = points_of(chart, medians, places, ("pca_x", "pca_y"))
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
    draw_points(axes, points, centres, size=5 if len(sampled) <= 2_000 else 3)
    meanings = [axis_in_words(loadings, component, texts) for component in (1, 2)]
    for axis, label, share, meaning, width in zip(
        (axes.xaxis, axes.yaxis), ("first_axis", "second_axis"), shares, meanings,
        (COLUMNS_WIDTH + 200, MAP_HEIGHT - 40), strict=True,
    ):  # fmt: skip
        axis.set_ticks(asinh_ticks(*axis.get_view_interval(), linear_to))
        axis.set_major_formatter(lambda value, _: texts.plain_number(value))
        words = texts(label, share=share, meaning=meaning)
        axis.set_label_text(on.wrapped(words, width, lines=2))
    axes.tick_params(labelsize=on.SMALL_SIZE, labelcolor=on.SECOND_INK)
    axes.minorticks_off()
    axes.grid()

    described = [
        {"segment": segment, "x": texts.number(x, 1), "y": texts.number(y, 1)}
        for segment in segments
        for x, y in [centres[segment.key]]
    ]
    members = texts.members(total)
    if len(sampled) < total:
        members = texts("sample", shown=len(sampled), members=total)
    return MAP_HEIGHT, {
        "keys": legend_of(segments, texts),
        "share": min(1.0, sum(shares)),
        "segment": max(segments, key=lambda s: math.hypot(*centres[s.key])),
        "first_share": shares[0],
        "second_share": shares[1],
        "first_meaning": meanings[0],
        "second_meaning": meanings[1],
        "shown": members,
        "points": texts.members(len(sampled)),
        "linear_to": texts.plain_number(linear_to),
        "centres": texts.items("centre", described),
    }


def axis_in_words(loadings: list[tuple], component: int, texts: ChartTexts) -> str:
    """Name an axis by the features that load most on it, those against it by less."""
    on_axis = [(name, level, w) for c, name, level, w in loadings if c == component]
    largest = max((abs(weight) for *_, weight in on_axis), default=0)
    named = sorted(
        (row for row in on_axis if abs(row[2]) > NAMED_LOADING * largest),
        key=lambda row: -abs(row[2]),
    )
    return ", ".join(
        texts(
            "more_of" if weight > 0 else "less_of",
            feature=in_one_case(level) if level else texts.labels.get(name, name),
        )
        for name, level, weight in named[:MOST_NAMED_FEATURES]
    )


def points_of(
    chart: Chart, medians: list[tuple], places: list[tuple], columns: tuple[str, ...]
) -> tuple[list[Segment], dict[str, list[float]], dict[Segment, np.ndarray]]:
    """The segments that have medians, these by key, and the points of members."""
    centres = pd.DataFrame(medians).pivot(index=0, columns=1, values=2)
    centres = centres.reindex(columns=columns).astype(float)
    segments = [segment for segment in chart.segments if segment.key in centres.index]
    rows = {segment.key: [] for segment in segments}
    for key, *values in places:
        rows.get(key, []).append(values)
    return (
        segments,
        {segment.key: centres.loc[segment.key].tolist() for segment in segments},
        {s: np.array(rows[s.key], dtype=float).reshape(-1, len(columns))
         for s in segments},
    )  # fmt: skip


def draw_points(
    axes: Axes, points: dict[Segment, np.ndarray], centres: dict[str, Any], *,
    size: float, centre_size: float = 10,
) -> None:  # fmt: skip
    """Draw members as small shapes, the centres of their segments as large ones."""
    # The largest segments below, the smallest on top of them.
    for segment in sorted(points, key=lambda s: -s.model_count):
        look = {"marker": segment.marker, "color": segment.colour, "ls": ""}
        rim = {"mec": on.PAPER, "mew": 0.35, "alpha": 0.85}
        axes.plot(*points[segment].T, ms=size, **look, **rim)
        centre = {"ms": centre_size, "mec": on.INK, "mew": 0.6, "zorder": 4}
        axes.plot(*centres[segment.key], **centre, **look)


def draw_pairs(figure: Figure, chart: Chart, texts: ChartTexts) -> Drawn:
    """One panel per pair of measures, a shape per member, and the medians.

    A measure whose largest value is more than ``SKEWED`` times its typical one has a
    scale that is logarithmic beyond 1 (asinh), so that zero has a place on it.
    """
    segments, centres, points = points_of(chart, *chart.figures, chart.subjects)
    sampled = np.concatenate(list(points.values()))
    pairs = list(combinations(range(len(chart.subjects)), 2))
    panels = figure.subplots(1, len(pairs), squeeze=False)[0]
    skewed = [is_skewed(values) for values in sampled.T]
    for axes, pair in zip(panels, pairs, strict=True):
        # Before anything is drawn: margins are of the scale.
        axes.set(**{f"{name}scale": "asinh" if skewed[i] else "linear"
                    for name, i in zip("xy", pair, strict=True)})  # fmt: skip
        draw_points(
            axes,
            {segment: rows[:, pair] for segment, rows in points.items()},
            {key: [centre[i] for i in pair] for key, centre in centres.items()},
            size=3 if len(sampled) <= 2_000 else 2,
            centre_size=8,
        )
        for axis, i in zip((axes.xaxis, axes.yaxis), pair, strict=True):
            is_share = texts.unit(chart.subjects[i]) == SHARE
            write = texts.share if is_share else texts.plain_number
            if skewed[i]:
                axis.set_ticks(round_ticks(*axis.get_view_interval()))
            else:
                axis.set_major_locator(MaxNLocator(4))
            axis.set_major_formatter(lambda value, _, write=write: write(value))
            axis.set_label_text(on.wrapped(texts.word(chart.subjects[i]), 130, lines=2))
        axes.tick_params(labelsize=on.SMALL_SIZE, labelcolor=on.SECOND_INK)
        axes.minorticks_off()
        axes.grid()
    total = sum(segment.model_count for segment in segments)
    is_sample = len(sampled) < total
    described = [
        {"segment": segment, "medians": ", ".join(
            f"{texts.word(name)} {texts.mean(value, name)}"
            for name, value in zip(chart.subjects, centres[segment.key], strict=True)
        )}
        for segment in segments
    ]  # fmt: skip
    shown = {"shown": len(sampled), "members": total}
    return PAIRS_HEIGHT, {
        "keys": legend_of(segments, texts),
        "shown": texts("sample", **shown) if is_sample else texts.members(total),
        "points": texts.members(len(sampled)),
        "medians": texts.items("medians_of_segment", described),
    }


def is_skewed(values: np.ndarray) -> bool:
    sizes = np.abs(values[~np.isnan(values)])
    # Of counts, typical is at least 1.
    return bool(len(sizes) and sizes.max() > SKEWED * max(np.median(sizes), 1.0))


def round_ticks(low: float, high: float) -> list[float]:
    """At most five round values, as many as there can be, on a logarithmic axis."""
    powers = [((1,), step) for step in range(1, 9)]
    for factors, step in (((1, 2, 5), 1), ((1, 3), 1), *powers):
        sizes = [f * 10.0**power for power in range(0, 12, step) for f in factors]
        ticks = {0.0, *sizes, *(-size for size in sizes)}
        if len(ticks := [tick for tick in sorted(ticks) if low <= tick <= high]) <= 5:
            break
    return ticks


def draw_grid(figure: Figure, chart: Chart, texts: ChartTexts) -> Drawn:
    """A table of two scores: a cell has its members and, below, its sum."""
    down, across, measure = chart.subjects
    frame = chart.frame()
    scores = [
        range(int(frame[name].min()), int(frame[name].max()) + 1)
        for name in ("down_score", "across_score")
    ]
    frame = frame.astype({"total_value": float})
    counts, sums = (
        frame.pivot(index="down_score", columns="across_score", values=name)
        .reindex(index=scores[0], columns=scores[1])
        .astype(float)
        for name in ("member_count", "total_value")
    )
    axes = figure.subplots()
    # Black is read on all.
    colours = mpl.colormaps["Blues"].with_extremes(bad=on.PAPER)
    most = counts.max().max()
    look = {"vmin": -0.2 * most, "vmax": 2 * most, "aspect": "auto"}
    axes.imshow(counts, cmap=colours, origin="lower", **look)
    for (y, x), count in np.ndenumerate(counts.to_numpy()):
        if count > 0:
            total = texts.mean(sums.iat[y, x], measure)
            look = {"ha": "center", "textcoords": "offset points"}
            axes.annotate(texts.number(count), (x, y), (0, 2), weight="bold", **look)
            axes.annotate(total, (x, y), (0, -10), **look, **SMALL)
    for axis, values, name in (
        (axes.xaxis, scores[1], across), (axes.yaxis, scores[0], down)
    ):  # fmt: skip
        axis.set_ticks(range(len(values)), [texts.number(value) for value in values])
        axis.set_label_text(texts.word(name))
    axes.tick_params(labelsize=on.SMALL_SIZE, labelcolor=on.SECOND_INK)
    members = frame["member_count"].sum()
    largest = frame.sort_values("member_count", ascending=False, kind="stable")
    described = [
        {
            "down": texts.word(down), "down_score": row.down_score,
            "across": texts.word(across), "across_score": row.across_score,
            "members": row.member_count, "share": row.member_count / members,
            "total": texts.mean(row.total_value, measure),
        }
        for row in largest.itertuples()
    ]  # fmt: skip
    return len(scores[0]) * CELL_HEIGHT + 45, {
        "down": texts.word(down),
        "across": texts.word(across),
        "measure": texts.word(measure),
        "members": members,
        "largest": texts.items("cell", described[:3]),
        "cells": texts.items("cell", described),
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
    """Two panels: inertia, and silhouette beside that of copies without groups."""
    counts = chart.frame().astype(float)
    counts = counts.rename(columns={"silhouette_without_giants": "silhouette"})
    xs = counts["cluster_count"]
    panels = figure.subplots(1, 2)
    for axes, name in zip(panels, ("inertia", "silhouette"), strict=True):
        axes.set_title(texts(name))
        axes.set_xlabel(texts("count_axis"))
        look = {"color": on.INK, "mfc": on.PAPER, "ms": 5, "lw": 1.6, "zorder": 3}
        (line,) = axes.plot(xs, counts[name], "o-", label=texts("your_members"), **look)
        axes.set_xlim(xs.min() - 0.4, xs.max() + 0.4)
        axes.xaxis.get_major_locator().set_params(integer=True)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(lambda value, _: texts.plain_number(value))
        axes.tick_params(axis="y", labelsize=on.SMALL_SIZE, labelcolor=on.SECOND_INK)
        axes.grid(axis="y")
    chance, highest = counts["null_silhouette"], counts["highest_null_silhouette"]
    panels[1].fill_between(xs, chance, highest, color=on.BAND, lw=0)
    look = {"color": on.FAINT_INK, "lw": 1.3, "label": texts("null_copies")}
    keys = [line, *panels[1].plot(xs, chance, "--", **look)]
    for axes in panels:
        axes.set_ylim(min(0, axes.get_ylim()[0]))
    said = {"selected": "", "advised": texts("no_advice")}
    for word, style in (("selected", "--"), ("advised", ":")):
        for count in xs[counts[f"is_{word}"] > 0]:
            said[word] = texts.number(count)
            look = {"ls": style, "color": on.INK, "label": texts(word, count=count)}
            keys += [axes.axvline(count, lw=1, **look) for axes in panels][:1]
    # All of them: there are few, and who does not see the curve has nothing else.
    silhouettes = ", ".join(
        texts("silhouette_of_count", count=n, silhouette=texts.number(value, 2))
        for n, value in zip(xs, counts["silhouette"], strict=True)
        if not math.isnan(value)
    )
    return COUNTS_HEIGHT, said | {
        "keys": keys,
        "first": xs.min(),
        "last": xs.max(),
        "silhouettes": silhouettes or texts("unknown"),
    }


def draw_migrations(figure: Figure, chart: Chart, texts: ChartTexts) -> Drawn:
    """A table: a row per segment before, a column per segment after."""
    frame = chart.frame()
    frame = frame[frame["fit_id"] == frame["fit_id"].max()]
    table = frame.pivot(
        index=frame.columns[1], columns=frame.columns[2], values="member_count"
    )
    moved_keys = table.index.union(table.columns)
    segments = [segment for segment in chart.segments if segment.key in moved_keys]
    keys = [segment.key for segment in segments]
    table = table.reindex(keys, columns=keys).fillna(0)
    moved = np.ma.masked_array(table, np.eye(len(keys)))
    axes = figure.subplots()
    # Who stays is on grey; the more move, the stronger, and black is read on all.
    colours = mpl.colormaps["Oranges"].with_extremes(bad=on.GRID, under=on.PAPER)
    most = 2 * (moved.max() or 1)
    axes.imshow(moved, cmap=colours, vmin=0.5, vmax=most, aspect="auto")
    for (y, x), count in np.ndenumerate(table.to_numpy()):
        if count:
            axes.text(x, y, texts.number(count), ha="center", va="center", **SMALL)
    # Many names of columns stand upright, in one line.
    is_upright = len(keys) > MOST_LEVEL_NAMES
    width = NAME_WIDTH if is_upright else COLUMNS_WIDTH / len(keys)
    look = {"lines": 1 if is_upright else 3, "members": table.sum()}
    names = names_of(segments, texts, width, **look)
    axes.set_xticks(range(len(keys)), names, rotation=90 * is_upright, color=on.INK)
    axes.xaxis.tick_top()
    axes.xaxis.set_label_position("top")
    axes.set(xlabel=texts("after"), ylabel=texts("before"))
    rows = names_of(segments, texts, members=table.sum(axis=1))
    body = 30 + (NAME_WIDTH if is_upright else on.height_of(names))
    body += name_rows(axes, segments, rows)

    moves = table.mask(np.eye(len(keys), dtype=bool)).stack()
    moves = moves[moves > 0].sort_values(ascending=False, kind="stable")
    total = table.to_numpy().sum()
    named = dict(zip(keys, segments, strict=True))
    listed = texts.items("move", [
        {"members": count, "before": named[before], "after": named[after]}
        for (before, after), count in moves.items()
    ])  # fmt: skip
    return body, {
        "members": total,
        "stayed_share": 1 - moves.sum() / total,
        "moves": listed or texts("none"),
    }


def draw_cadence(figure: Figure, chart: Chart, texts: ChartTexts) -> Drawn:
    """A curve of how well a model agrees with refits in later weeks."""
    cadence = chart.frame().astype(float)
    xs, agreements = cadence["horizon_weeks"], cadence["agreement_ari"]
    limit, advised = cadence[["refit_below_ari", "advised_cadence_weeks"]].min()
    axes = figure.subplots()
    look = {"color": on.INK, "mfc": on.PAPER, "ms": 5, "lw": 1.6, "zorder": 3}
    keys = axes.plot(xs, agreements, "o-", label=texts("agreement"), **look)
    look = {"color": on.FAINT_INK, "lw": 1.3, "ls": "--"}
    label = texts("limit", limit=texts.plain_number(limit))
    keys.append(axes.axhline(limit, label=label, **look))
    advice = texts("no_advice")
    if not math.isnan(advised):
        advice = texts("advised", weeks=advised)
        keys.append(axes.axvline(advised, lw=1, ls=":", color=on.INK, label=advice))
    axes.set(xlabel=texts("week_axis"), xlim=(0, 1.04 * xs.max()))
    axes.set_ylim(min(0, agreements.min()) - 0.03, 1.03)
    axes.xaxis.get_major_locator().set_params(integer=True)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(lambda value, _: texts.plain_number(value))
    axes.tick_params(axis="y", labelsize=on.SMALL_SIZE, labelcolor=on.SECOND_INK)
    axes.grid(axis="y")
    listed = ", ".join(
        texts("agreement_of_week", weeks=week, agreement=texts.number(value, 2))
        for week, value in zip(xs, agreements, strict=True)
    )
    return CADENCE_HEIGHT, {
        "keys": keys,
        "advice": advice,
        "limit": texts.plain_number(limit),
        "last": xs.max(),
        "agreements": listed,
    }


RENDERERS = {
    "sizes": draw_sizes,
    "means": draw_means,
    "boxes": draw_boxes,
    "mix": draw_mix,
    "ranking": draw_ranking,
    "history": draw_history,
    "map": draw_map,
    "counts": draw_counts,
    "migrations": draw_migrations,
    "cadence": draw_cadence,
    "pairs": draw_pairs,
    "grid": draw_grid,
}
