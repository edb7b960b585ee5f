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
    UNKIND_CASES,
    all_tables,
    make_members,
    make_tables,
    read_seed,
)
from colour_vision import contrast_with_white, smallest_difference
from matplotlib.text import Text
from PIL import Image
from segmentation.errors import SegmentationError
from segmentation.reporting.charts import pictures
from segmentation.reporting.charts.drawing import (
    COLUMN_TYPES,
    LANGUAGES,
    draw_charts,
    plan_charts,
    read_texts,
)
from segmentation.reporting.charts.measures import BOX_HEIGHT
from segmentation.reporting.charts.plots import round_ticks
from segmentation.reporting.charts.reading import ChartTables, read_chart
from segmentation.reporting.charts.sheet import INK, own_style
from segmentation.reporting.charts.texts import MINUS, ChartTexts

TO_PNG = "segmentation.reporting.charts.sheet.Sheet.to_png"
SPACE = "\N{NARROW NO-BREAK SPACE}"
# The cases whose texts are tried in both languages.
BOTH = ("twelve_segments_with_long_names", "long_words_without_a_space", "large")
NAMES = ["Visibilité à construire", "Présence modérée", "Leaders"]
MOVES = {(0, 0): 30, (0, 1): 4, (1, 1): 9}
TIED = {(0, 1): 4, (1, 0): 4, (0, 0): 2}
EMPTY = ", ".join(
    f"null::{'blob' if kind == 'binary' else kind} as {name}"
    for name, kind in COLUMN_TYPES.items()
)


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        yield connection


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
    """Read every chart that there is something to draw of."""
    for segmentation in ("visibility", "crowd"):
        seen = ChartTables(tables, segmentation)
        for plan in plan_charts(seen, COUNTS, ["category_name", "city_name"]):
            if content := read_chart(plan, seen, seen.segments()):
                yield seen, content


def read_one(tables, name, segmentation="visibility"):
    """Read one chart and its English texts."""
    for seen, content in read_all(tables):
        if content.plan.name == name and seen.segmentation == segmentation:
            return content, read_texts(seen, content.plan, language="en")
    raise AssertionError(name)


def make_texts(language, **wording):
    rows = read_seed("chart_texts")
    texts = {tuple(row.values())[:3]: row[f"text_{language}"] for row in rows}
    wording = {("visibility", "sizes", name): text for name, text in wording.items()}
    return ChartTexts(
        wording=texts | wording, words={}, segmentation="visibility",
        chart_name="segment_sizes", kind="sizes", language=language,
    )  # fmt: skip


def draw_unkind_cases():
    """Draw every chart of every case; give what is drawn, and the sheet, open."""
    tied = make_members([6, 3, 3], categories=["Sport"], cities=["Nantes"])
    tied.loc[::2, ["category_name", "city_name"]] = "Musée", "Rezé"
    names = [f"c{i}" for i in range(40)]
    large = make_members([61, 30, 6], categories=names, cities=names)
    large.loc[::9, ["category_name", "city_name"]] = None
    large["followers_total"] *= 1e6
    cases = {name: make() for name, make in UNKIND_CASES.items()} | {
        "tied": {"members": tied, "names": NAMES, "moves": TIED},
        "large": {"members": large, "names": NAMES, "moves": MOVES},
        "equal": {"members": make_members([5, 5, 5]), "names": NAMES},
    }
    for case, rows in cases.items():
        with duckdb.connect() as connection:
            tables = make_tables(connection, **rows)
            if case == "large":
                connection.execute("delete from chart_points where pca_x > 0")
            for seen, content in read_all(tables):
                # Words of both languages are tried where there are most of them.
                is_ours = seen.segmentation == "visibility"
                for language in LANGUAGES if is_ours and case in BOTH else ["fr"]:
                    texts = read_texts(seen, content.plan, language=language)
                    yield (case, content.plan.name, language), content, texts


def test_no_text_overlaps_another_or_leaves_the_sheet_and_each_shipped_one_is_used():
    used, kinds = set(), set()

    class Recording(dict):
        def get(self, key, default=None):
            used.add(key) if key in self else None
            return super().get(key, default)

    for what, content, texts in draw_unkind_cases():
        kinds.add(content.plan.kind)
        object.__setattr__(texts, "wording", Recording(texts.wording))
        with own_style():
            sheet, reading, fields = pictures.DRAWERS[content.plan.kind](content, texts)
            sheet.end()
            assert_texts_are_apart(sheet.axes.figure, what=what)
        fields["reading"] = texts(reading, **fields)
        texts("alternative_text", **fields)
    assert kinds == pictures.DRAWERS.keys()
    rows = read_seed("chart_texts")
    # Shares so near to none and all are rare.
    shipped = {tuple(row.values())[:3] for row in rows}
    assert shipped - used == {("every_segmentation", "every_chart", "less_than")}
    for row in rows:
        fields = [
            {name for _, name, _, _ in string.Formatter().parse(row[f"text_{each}"])}
            for each in LANGUAGES
        ]
        assert fields[0] - {None} == fields[1] - {None}, row


def assert_texts_are_apart(figure, *, what):
    figure.draw_without_rendering()
    extents = [
        (text.get_text(), text.get_window_extent())
        for text in figure.findobj(Text)
        if text.get_text() and text.get_visible()
    ]
    assert len(extents) > 2
    for text, box in extents:
        assert min(box.x0, box.y0) >= 0, (what, text)
        assert box.x1 <= figure.bbox.width, (what, text)
        assert box.y1 <= figure.bbox.height, (what, text)
    for (one, a), (other, b) in combinations(extents, 2):
        # Half a dot: boxes end at whole dots.
        gaps = (b.x0 - a.x1, a.x0 - b.x1, b.y0 - a.y1, a.y0 - b.y1)
        assert max(gaps) >= -0.5, (what, one, other)


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
    place = "'reading' of 'segment_sizes' in the seed chart_texts (fr)"
    for part in (place, problem, "Its fields are: {largest}, "):
        assert part in str(error.value)
    added = "add the line visibility,segment_sizes"
    with pytest.raises(SegmentationError, match=added):
        make_texts("en")("motto")


@pytest.mark.parametrize(
    ("method", "value", "french", "english"),
    [
        ("number", -1234567, f"{MINUS}1{SPACE}234{SPACE}567", f"{MINUS}1,234,567"),
        ("mean", 1234.5, f"1{SPACE}234", "1,234"),
        ("mean", 9.44, "9,4", "9.4"),
        ("mean", 9.97, "10", "10"),
        ("mean", 5.0, "5", "5"),
        ("mean", None, "inconnu", "unknown"),
        ("share", 0.0594, f"5,9{SPACE}%", "5.9%"),
        ("share", 0.0996, f"10{SPACE}%", "10%"),
        ("share", 0.99999, f"plus de 99,9{SPACE}%", "more than 99.9%"),
        ("share", 0.00001, f"moins de 0,1{SPACE}%", "less than 0.1%"),
        ("share", 0.0, f"0{SPACE}%", "0%"),
        ("members", 0, "0 entreprise", "0 enterprises"),
        ("members", 1, "1 entreprise", "1 enterprise"),
        ("members", 2, "2 entreprises", "2 enterprises"),
        ("listed", list("abcdefg"), "a; b; c; d; e; f; g", "a; b; c; d; e; f; g"),
        ("listed", list("abcdefgh"), "a; b; c; d; e; f; 2 autres",
         "a; b; c; d; e; f; 2 more"),
    ],
)  # fmt: skip
def test_figures_are_written_as_the_language_does(method, value, french, english):
    written = getattr(make_texts("fr"), method)(value)
    assert written.replace(f"{SPACE};", ";") == french
    assert getattr(make_texts("en"), method)(value) == english


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
        lambda content, texts: drawn.append(content.plan.name) or ("", "", "", b""),
    )
    tables = three_of(all_tables(connection))
    assert draw_all(connection, tables, connection.table("published")) == first
    assert drawn == []
    connection.execute("update cluster_mix set member_count = 99, cluster_share = 0.5"
                       " where dimension = 'city_name'")  # fmt: skip
    draw_all(connection, tables, connection.table("published"))
    assert drawn == ["cities"] * 2


def readings_of(tables, *names):
    """Write the English sentences beside charts of visibility, without drawing."""
    charts = (read_one(tables, name) for name in names)
    return [pictures.draw_chart(content, texts)[1] for content, texts in charts]


def test_the_sentence_beside_a_chart_has_the_figures_and_singles_out_no_equal(
    connection, monkeypatch
):
    monkeypatch.setattr(TO_PNG, lambda sheet: b"")
    tables = make_ordinary_tables(connection)
    names = ("segment_sizes", "cluster_counts", "segment_migrations")
    assert readings_of(tables, *names) == [
        "Visibilité à construire has 61 of the 97 enterprises (63%); the smallest"
        " segment, Leaders, has 6 (6.2%).",
        "4 clusters are selected; no number is advised, for none meets all conditions.",
        "91% of the 43 enterprises stay in their segment; the largest move is from"
        " Visibilité à construire to Présence modérée: 4 enterprises.",
    ]
    _, reading, *_ = pictures.draw_chart(*read_one(tables, "segment_sizes", "crowd"))
    assert reading.startswith("Visibilité à construire has 61 of the 97 members (63%)")
    members = make_members([6, 3, 3], categories=["Sport"], cities=["Nantes"])
    members.loc[::2, "category_name"] = "Musée"
    with duckdb.connect() as other:
        tables = make_ordinary_tables(other, members, moves=TIED)
        readings = readings_of(tables, "segment_sizes", "sectors", "segment_migrations")
    assert readings == [
        "Visibilité à construire has 6 of the 12 enterprises (50%); the 2 smallest"
        " segments have 3 each (25%).",
        "Musée and Sport are level at the top (6 enterprises of 12 each, 50%).",
        "20% of the 10 enterprises stay in their segment; the largest moves are of 4"
        " enterprises each.",
    ]


def test_sizes_count_members_where_they_have_been_set(connection):
    members = make_members([61, 30, 6])
    # The third segment is in the seed, but the fit has no cluster for it.
    members["model_segment_key"] = members["model_segment_key"].replace("s02", "s01")
    tables = make_ordinary_tables(connection, members, current=2)
    sizes, _ = read_one(tables, "segment_sizes")
    assert [s.placed_count for s in sizes.segments] == [61, 30, 6]
    means, _ = read_one(tables, "followers_by_platform")
    assert [s.model_count for s in means.segments] == [61, 36]


def test_nothing_to_draw_gives_no_row_and_a_wrong_plan_is_refused(connection):
    nobody = make_members([1]).iloc[:0]
    tables = make_ordinary_tables(connection, nobody, moves={})
    assert draw_all(connection, tables) == {}
    for change in ("kind = 'pie'", "subjects = 'colour'", "subjects = null"):
        with duckdb.connect() as other:
            tables = make_ordinary_tables(other)
            other.execute(f"update segmentation_charts set {change} where position = 4")
            with pytest.raises(SegmentationError, match="plans category_mix of visib"):
                list(read_all(tables))


def test_boxes_are_quantiles_with_few_of_many_outliers(connection):
    members = make_members([5_000, 30, 3])
    members.loc[::7, "followers_total"] = None
    boxes = read_one(make_ordinary_tables(connection, members), "social_indicators")[0]
    for key, rows in members.groupby("model_segment_key"):
        known = rows["followers_total"].dropna()
        box = boxes.figures["followers_total"][key]
        assert box.known_count == len(known)
        expected = np.quantile(known, [0.05, 0.25, 0.5, 0.75, 0.95])
        np.testing.assert_allclose(box.quantiles, expected)
        beyond = known[(known < expected[0]) | (known > expected[-1])]
        if key == "s00":
            assert 30 <= len(box.points) <= 40
            assert box.points[-1] == known.max()
        else:
            assert box.points == sorted(known if key == "s02" else beyond)


def test_a_median_at_the_end_of_its_box_is_seen_on_every_colour(connection):
    members = make_members([20, 20])
    members["followers_total"] = [50.0] * 8 + [0.0] * 22 + [50.0] * 10
    tables = make_tables(connection, members, ["Low", "High"])
    with own_style():
        sheet, *_ = pictures.draw_boxes(*read_one(tables, "social_indicators"))
    heights = [
        np.ptp(line.get_ydata())
        for line in sheet.axes.lines
        if line.get_color() == INK and len(set(line.get_xdata())) == 1
    ]
    assert max(heights) > BOX_HEIGHT


def test_the_map_names_a_segment_that_no_point_was_sampled_of(connection):
    tables = make_ordinary_tables(connection)
    connection.execute("delete from chart_points where segment_key = 's02'")
    connection.execute("update segment_overview set display_order = -display_order")
    content, texts = read_one(tables, "pca_map")
    members = make_members([61, 30, 6]).groupby("model_segment_key")
    expected = members[["pca_x", "pca_y"]].median().loc["s02"].tolist()
    assert content.figures[2]["s02"] == pytest.approx(expected)
    with own_style():
        sheet, *_ = pictures.draw_map(content, texts)
    written = " ".join(text.get_text() for text in sheet.axes.texts)
    assert "A sample of 91 of the 97 enterprises" in written
    assert "Leaders" in written
    # Points and centre have the colour and the shape of their segment.
    lines = [line for line in sheet.panels[0][0].lines if len(line.get_xdata())]
    looks = [(segment.colour, segment.marker) for segment in content.segments]
    drawn = [(line.get_color(), line.get_marker()) for line in lines]
    assert sorted(drawn) == sorted([*looks, *looks[:2]])


@pytest.mark.parametrize(
    ("linear_to", "low", "high"),
    [(1, -0.6, 20.2), (1, -4.5, 4.9), (5, -1, 3), (20, -2, 12), (1e-3, -1, 1)],
)
def test_ticks_of_the_map_lie_apart_within_the_ends(linear_to, low, high):
    ends = np.arcsinh(np.array([low, high]) / linear_to)
    gap = (ends[1] - ends[0]) / 11
    ticks = round_ticks(linear_to, *ends, least_gap=gap)
    assert len(ticks) >= 3
    assert 0 in ticks
    assert low <= min(ticks) < max(ticks) <= high
    assert (np.diff(np.arcsinh(np.array(ticks) / linear_to)) >= gap).all()


def test_bars_count_every_member_once(connection):
    members = make_members([300, 100, 40], categories=[f"c{i:02d}" for i in range(37)])
    members.loc[::11, "category_name"] = None
    ranking, _ = read_one(make_ordinary_tables(connection, members), "sectors")
    places, name_count, known_count, unknown_count = ranking.figures
    assert (name_count, known_count + unknown_count) == (37, 440)
    counts = members["category_name"].value_counts()
    expected = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:30]
    assert [(name, sum(parts.values())) for name, _, parts in places] == expected


def test_colours_differ_for_every_kind_of_colour_vision_and_stand_out_from_paper():
    """CIE76 distance in Lab; 2.3 is just noticeable, side by side."""
    colours = [row["colour"] for row in read_seed("segment_colours")]
    assert len(colours) == 12
    for first, second in combinations(colours, 2):
        assert smallest_difference(first, second) >= 18, (first, second)
    assert min(map(contrast_with_white, colours)) >= 2
    assert contrast_with_white("#000000") == pytest.approx(21)
