"""Charts say what the data say, legibly, whatever the names and the figures are."""

import string
from io import BytesIO
from itertools import combinations

import duckdb
import matplotlib as mpl
import numpy as np
import pytest
from chart_data import (
    COUNTS,
    DIMENSIONS,
    SEGMENTATIONS,
    all_tables,
    make_members,
    make_tables,
    read_seed,
    unkind_cases,
)
from colour_vision import contrast_with_white, smallest_difference
from matplotlib.text import Text
from PIL import Image
from segmentation.errors import SegmentationError
from segmentation.reporting.charts import pictures
from segmentation.reporting.charts.drawing import COLUMN_TYPES, LANGUAGES, draw_charts
from segmentation.reporting.charts.reading import read_charts
from segmentation.reporting.charts.sheet import own_style
from segmentation.reporting.charts.texts import MINUS, ChartTexts, read_texts

SPACE = "\N{NARROW NO-BREAK SPACE}"
# The cases with most to draw; of the first the texts are tried in both languages.
FULL = ("twelve_segments_with_long_names", "long_words_without_a_space", "large")
NAMES = ["Visibilité à construire", "Présence modérée", "Leaders"]
MOVES = {(0, 0): 30, (0, 1): 4, (1, 1): 9}
EMPTY = ", ".join(
    f"null::{'blob' if kind == 'binary' else kind} as {name}"
    for name, kind in COLUMN_TYPES.items()
)


def make_ordinary_tables(connection, members=None, **changes):
    members = make_members([61, 30, 6]) if members is None else members
    changes = {"names": NAMES, "moves": MOVES} | changes
    return make_tables(connection, members, **changes)


def draw_all(connection, tables, published=None):
    """Draw every chart; its columns by segmentation, name and language."""
    published = published or connection.sql(f"select {EMPTY} limit 0")
    drawn = draw_charts(tables, published_drawings=published, connection=connection)
    rows = [dict(zip(drawn.columns, row, strict=True)) for row in drawn.fetchall()]
    keys = ("segmentation", "chart_name", "language")
    return {tuple(row[key] for key in keys): row for row in rows}


def read_all(tables):
    return [
        chart
        for segmentation, entry in SEGMENTATIONS.items()
        for chart in read_charts(
            tables,
            segmentation,
            **entry | ({"measures": COUNTS} if segmentation == "crowd" else {}),
        )
    ]


def draw_one(tables, name, segmentation="visibility"):
    """Read one chart and draw it in English: the chart, figure, title and sentences."""
    (chart,) = (c for c in read_all(tables) if c[:2] == (segmentation, name))
    with own_style():
        texts = read_texts(tables, chart, language="en")
        return chart, *pictures.draw_figure(chart, texts)


def make_texts(language, **wording):
    texts = {
        row["text_name"]: row[f"text_{language}"]
        for row in read_seed("chart_texts")
        if row["chart_name"] == "every_chart"
    }
    return ChartTexts(wording=texts | wording, words={}, language=language,
                      place="visibility,segment_sizes")  # fmt: skip


def unkind_charts():
    """Read every chart of every case; give its case, the texts and the chart."""
    for case, rows in unkind_cases().items():
        with duckdb.connect() as connection:
            tables = make_tables(connection, **rows)
            if case == "large":
                connection.execute("delete from chart_points where pca_x > 0")
            if case == "eight_digits":
                connection.execute(
                    "update segment_overview set member_count = 202388 * member_count"
                )
            for chart in read_all(tables):
                # The others differ in what is drawn of their measures and scores.
                kinds = {
                    "purchases": ("pairs", "grid"),
                    "crowd": ("means", "boxes", "grid", "cadence"),
                }.get(chart.segmentation, (chart.kind,))
                if chart.kind not in kinds and not (
                    chart.name in ("account_means", "countries") and case in FULL
                ):
                    continue
                is_ours = chart.segmentation != "crowd"
                for language in LANGUAGES if is_ours and case == FULL[0] else ["fr"]:
                    yield case, chart, read_texts(tables, chart, language=language)


def record(monkeypatch, owner, method):
    """Give a list that grows by the first two arguments of each call of a method."""
    calls, call = [], getattr(owner, method)
    monkeypatch.setattr(
        owner, method, lambda *args: calls.append(args[:2]) or call(*args)
    )
    return calls


def test_no_text_touches_another_or_leaves_the_sheet_and_each_shipped_one_is_used(
    monkeypatch,
):
    drawn = record(monkeypatch, Text, "draw")
    found = record(monkeypatch, ChartTexts, "_find")
    used = set()
    for case, chart, texts in unkind_charts():
        found.clear()
        with own_style():
            figure, *_ = pictures.draw_figure(chart, texts)
            drawn.clear()
            figure.draw_without_rendering()
            extents = [
                (text.get_text(), text.get_window_extent())
                for text, _ in dict.fromkeys(drawn)
                if text.get_text() and text.get_visible()
            ]
        what = (case, chart.segmentation, chart.name, texts.language)
        assert len(extents) > 2
        for text, box in extents:
            assert min(box.x0, box.y0) >= 0, (what, text)
            assert box.x1 <= figure.bbox.width, (what, text)
            assert box.y1 <= figure.bbox.height, (what, text)
        for (one, a), (other, b) in combinations(extents, 2):
            # Side by side by a space; half a dot, for boxes end at whole dots.
            beside = max(b.x0 - a.x1, a.x0 - b.x1)
            above = max(b.y0 - a.y1, a.y0 - b.y1)
            assert beside >= 4 or above >= -0.5, (what, one, other)
        places = (chart.name, chart.kind, "every_chart")
        used |= {(place, name) for place in places for _, name in found}
    shipped = {
        (row["chart_name"], row["text_name"]) for row in read_seed("chart_texts")
    }
    # Shares so near to none are rare.
    assert shipped - used == {("every_chart", "less_than")}


def test_each_shipped_text_has_the_same_fields_in_both_languages():
    for row in read_seed("chart_texts"):
        fields = [
            {name for _, name, _, _ in string.Formatter().parse(row[f"text_{each}"])}
            for each in LANGUAGES
        ]
        assert fields[0] - {None} == fields[1] - {None}, row


def test_the_most_specific_text_is_used(connection):
    tables = make_ordinary_tables(connection)
    chart = next(c for c in read_all(tables) if c.name == "sectors")
    places = [(one, of) for one in ("every_segmentation", "visibility")
              for of in ("every_chart", "ranking", "sectors")]  # fmt: skip
    for place in places:
        connection.execute("insert into chart_texts values (?, ?, 'motto', ?, ?)",
                           [*place, *[",".join(place)] * 2])  # fmt: skip
        texts = read_texts(tables, chart, language="en")
        assert texts("motto") == ",".join(place)


@pytest.mark.parametrize(
    ("template", "problem"),
    [
        ("{lagest} en a le plus", "KeyError"),
        ("{largest en a le plus", "ValueError"),
        ("{} en a le plus", "ValueError"),
        ("{largest.size}", "AttributeError"),
    ],
)
def test_a_broken_text_is_named_with_its_fields(template, problem):
    with pytest.raises(SegmentationError) as error:
        make_texts("fr", reading=template)("reading", largest="Leaders")
    place = "'reading' of 'visibility,segment_sizes' in the seed chart_texts (fr)"
    for part in (place, problem, "Its fields are: {largest}, "):
        assert part in str(error.value)
    added = "add the line visibility,segment_sizes,motto"
    with pytest.raises(SegmentationError, match=added):
        make_texts("en")("motto")


@pytest.mark.parametrize(
    ("method", "value", "french", "english"),
    [
        ("number", -1234567, f"{MINUS}1{SPACE}234{SPACE}567", f"{MINUS}1,234,567"),
        ("plain_number", 0.25, "0,25", "0.25"),
        ("plain_number", -12_500, f"{MINUS}12,5{SPACE}k", f"{MINUS}12.5k"),
        ("mean", 1234.5, f"1{SPACE}234", "1,234"),
        ("mean", 9.44, "9,4", "9.4"),
        ("mean", 9.97, "10", "10"),
        ("mean", 5.0, "5", "5"),
        ("mean", float("nan"), "inconnu", "unknown"),
        ("share", 0.0594, f"5,9{SPACE}%", "5.9%"),
        ("share", 0.99999, f"plus de 99,9{SPACE}%", "more than 99.9%"),
        ("share", 0.00001, f"moins de 0,1{SPACE}%", "less than 0.1%"),
        ("share", 0.0, f"0{SPACE}%", "0%"),
        ("members", 0, "0 membre", "0 members"),
        ("members", 1, "1 membre", "1 member"),
        ("members", 2, "2 membres", "2 members"),
    ],
)  # fmt: skip
def test_figures_are_written_as_the_language_does(method, value, french, english):
    texts = make_texts("fr", one_member="{count} membre", members="{count} membres")
    assert getattr(texts, method)(value) == french
    texts = make_texts("en", one_member="{count} member", members="{count} members")
    assert getattr(texts, method)(value) == english


def test_of_a_long_list_the_rest_is_counted():
    for count, written in ((7, "a; b; c; d; e; f; g"), (8, "a; b; c; d; e; f; 2 more")):
        rows = [{"letter": letter} for letter in "abcdefgh"[:count]]
        assert make_texts("en", one="{letter}").items("one", rows) == written


def test_a_chart_is_drawn_again_only_when_its_inputs_change(connection, monkeypatch):
    def three_of(tables):
        few = {"segmentation_variables": "segmentation = 'visibility'"}
        few["segmentation_charts"] = "chart_name in ('cities', 'sectors', 'pca_map')"
        return tables | {name: tables[name].filter(of) for name, of in few.items()}

    with mpl.rc_context({"font.family": "serif", "figure.dpi": 30}):
        first = draw_all(connection, three_of(make_ordinary_tables(connection)))
        assert mpl.rcParams["figure.dpi"] == 30
    assert len(first) == 6
    with duckdb.connect(config={"threads": 3}) as other:
        shuffled = make_members([61, 30, 6]).sample(frac=1, random_state=1)
        assert draw_all(other, three_of(make_ordinary_tables(other, shuffled))) == first
    for row in first.values():
        image = Image.open(BytesIO(row["png"]))
        # What else could be told: the program, the time.
        assert (image.width, set(image.info)) == (1600, {"dpi"})
        assert np.asarray(image.convert("RGB"))[0, 0].tolist() == [255, 255, 255]

    rows = [tuple(row.values()) for row in first.values()]
    connection.execute(f"create table published as select {EMPTY} limit 0")
    connection.executemany(f"insert into published values ({'?, ' * 8}?)", rows)
    drawn = []
    monkeypatch.setattr(
        pictures,
        "draw_chart",
        lambda chart, texts: drawn.append(chart.name) or ("", "", "", b""),
    )
    tables = three_of(all_tables(connection))
    assert draw_all(connection, tables, connection.table("published")) == first
    assert drawn == []
    connection.execute("update cluster_mix set member_count = 99, cluster_share = 0.5"
                       " where dimension = 'city_name'")  # fmt: skip
    draw_all(connection, tables, connection.table("published"))
    assert drawn == ["cities"] * 2


def test_the_sentence_beside_a_chart_has_the_figures(connection):
    members = make_members([61, 30, 6], categories=["Sport"])
    members["followers_total"] = members["followers_facebook"] = 40.0
    members.loc[:9, ["category_name", "followers_facebook"]] = "Musée", None
    tables = make_ordinary_tables(connection, members)
    readings = {
        "segment_sizes": "By size, of 97 enterprises: Visibilité à construire,"
        " 61 enterprises (63%); Présence modérée, 30 enterprises (31%); Leaders,"
        " 6 enterprises (6.2%).",
        "social_indicators": "Followers in all of the median enterprise:"
        " Visibilité à construire 40; Présence modérée 40; Leaders 40.",
        "sectors": "Most frequent categories, of 97 enterprises: Sport, 87 enterprises"
        " (90%); Musée, 10 enterprises (10%).",
        # Of 25 months the last 24, and of each its last publication.
        "segment_sizes_over_time": "From 2025-07 to 2027-06: Visibilité à construire,"
        " from 183 to 61 enterprises; Présence modérée, from 90 to 30 enterprises;"
        " Leaders, from 18 to 6 enterprises.",
        "cluster_counts": "Clusters selected: 4; advised: none, for none meets all"
        " conditions.",
        "segment_migrations": "91% of the 43 enterprises stay in their segment; moves:"
        " 4 enterprises from Visibilité à construire to Présence modérée.",
    }
    for name, reading in readings.items():
        assert draw_one(tables, name)[3] == reading
    assert " of 97 members: " in draw_one(tables, "segment_sizes", "crowd")[3]
    connection.execute("insert into refit_cadence select 'crowd', 4 * n, 1 - n / 10,"
                       " 0.8, 12 from range(1, 4) as weeks (n)")  # fmt: skip
    assert draw_one(tables, "refit_cadence", "crowd")[3:] == (
        "On 12 weeks of data: advised cadence: 12 weeks.",
        "Line chart of the agreement with a refit over the weeks since, and a limit at"
        " 0.8: 0.90 at 4, 0.80 at 8, 0.70 at 12. On 12 weeks of data: advised cadence:"
        " 12 weeks.",
    )
    means = draw_one(tables, "followers_by_platform")[3]
    assert means.startswith("Highest mean followers: Facebook, ")


def test_what_is_not_known_is_counted_on_the_chart(connection):
    members = make_members([61, 30, 6])
    members.loc[:9, ["followers_facebook", *DIMENSIONS]] = None
    members["followers_tiktok"] = None
    tables = make_ordinary_tables(connection, members)
    of_measures = "Unknown values: Facebook, 10 enterprises; TikTok, 97 enterprises."
    for name, note in {
        "followers_by_platform": of_measures,
        "social_indicators": of_measures,
        "category_mix": "Without a known category: 10 enterprises.",
        "cities": "Without a known city: 10 enterprises.",
    }.items():
        chart, figure, *_ = draw_one(tables, name)
        assert note in [text.get_text() for text in figure.texts], chart
    labels = [text.get_text() for axes in draw_one(tables, "category_mix")[1].axes
              for text in axes.get_yticklabels()]  # fmt: skip
    assert labels.count("unknown") == 1


def test_sizes_count_members_where_they_have_been_set(connection):
    members = make_members([61, 30, 6])
    # The third segment is in the seed, but the fit has no cluster for it.
    members["model_segment_key"] = members["model_segment_key"].replace("s02", "s01")
    charts = read_all(make_ordinary_tables(connection, members, current=2))
    segments = {chart.kind: chart.segments for chart in charts}
    assert [s.placed_count for s in segments["sizes"]] == [61, 30, 6]
    assert [s.model_count for s in segments["means"]] == [61, 36]


def test_nothing_to_draw_gives_no_row_and_a_wrong_plan_is_refused(connection):
    nobody = make_members([1]).iloc[:0]
    tables = make_ordinary_tables(connection, nobody, moves={})
    assert draw_all(connection, tables) == {}
    for change in ("kind = 'pie'", "subjects = 'colour'", "subjects = null"):
        with duckdb.connect() as other:
            tables = make_ordinary_tables(other)
            other.execute(f"update segmentation_charts set {change}"
                          " where chart_name = 'category_mix'")  # fmt: skip
            with pytest.raises(SegmentationError, match="plans category_mix of visib"):
                read_all(tables)


def test_boxes_are_quantiles_with_few_of_many_outliers(connection):
    members = make_members([5_000, 30, 3])
    members.loc[::7, "followers_total"] = None
    tables = make_ordinary_tables(connection, members)
    (chart,) = (c for c in read_all(tables) if c.name == "social_indicators")
    figures = chart.frame().set_index(["measure", "segment_key", "figure"])["value"]
    for key, rows in members.groupby("model_segment_key"):
        known = rows["followers_total"].dropna()
        box = figures["followers_total", key]
        assert box["known_count"].item() == len(known)
        expected = np.quantile(known, [0.05, 0.25, 0.5, 0.75, 0.95])
        np.testing.assert_allclose(box[list(pictures.QUANTILES)], expected)
        outliers = box[["outlier"]].tolist()
        beyond = known[(known < expected[0]) | (known > expected[-1])]
        if key == "s00":
            assert 30 <= len(outliers) <= 40
            assert outliers[-1] == known.max()
        else:
            assert outliers == sorted(known if key == "s02" else beyond)


def test_the_map_names_a_segment_that_no_point_was_sampled_of(connection):
    tables = make_ordinary_tables(connection)
    connection.execute("delete from chart_points where segment_key = 's02'")
    connection.execute("update segment_overview set display_order = -display_order")
    chart, figure, _, _, alternative_text = draw_one(tables, "pca_map")
    members = make_members([61, 30, 6]).groupby("model_segment_key")
    expected = members[["pca_x", "pca_y"]].median().loc["s02"].tolist()
    medians = [value for key, _, value in chart.figures[2] if key == "s02"]
    assert medians == pytest.approx(expected)
    assert "A sample of 91 of the 97 enterprises" in figure.texts[1].get_text()
    assert "Leaders" in alternative_text
    # Axes are named by what loads most on them, with its sign.
    assert [
        " ".join(axis.get_label_text().split())
        for axis in (figure.axes[0].xaxis, figure.axes[0].yaxis)
    ] == [
        "\u2212 Sport, Followers in all (50% of the variance) →",
        "open_rate (25% of the variance) →",
    ]
    # Points and centre have the colour and the shape of their segment.
    lines = [line for line in figure.axes[0].lines if len(line.get_xdata())]
    looks = [(segment.colour, segment.marker) for segment in chart.segments]
    drawn = [(line.get_color(), line.get_marker()) for line in lines]
    assert sorted(drawn) == sorted([*looks, *looks[:2]])


def test_bars_count_every_member_once(connection):
    members = make_members([300, 100, 40], categories=[f"c{i:02d}" for i in range(37)])
    members.loc[::11, "category_name"] = None
    _, figure, *_ = draw_one(make_ordinary_tables(connection, members), "sectors")
    (axes,) = figure.axes
    counts = members["category_name"].value_counts()
    expected = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:30]
    lengths = np.array([[bar.get_width() for bar in bars] for bars in axes.containers])
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert [*zip(names, lengths[:3].sum(axis=0), strict=True)] == expected
    others = 400 - sum(count for _, count in expected)
    assert figure.texts[-1].get_text() == (
        f"Other categories, not shown: 7 ({others} enterprises)."
        " Without a known category: 40 enterprises."
    )


def test_colours_differ_for_every_kind_of_colour_vision_and_stand_out_from_paper():
    """CIE76 distance in Lab; 2.3 is just noticeable, side by side."""
    colours = [row["colour"] for row in read_seed("segment_colours")]
    assert len(colours) == 12
    for first, second in combinations(colours, 2):
        assert smallest_difference(first, second) >= 18, (first, second)
    assert min(map(contrast_with_white, colours)) >= 2
    assert contrast_with_white("#000000") == pytest.approx(21)
