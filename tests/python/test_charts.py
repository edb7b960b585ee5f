"""Charts say what the data say, legibly, whatever the names and the figures are."""

import string
from io import BytesIO
from itertools import combinations

import duckdb
import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from chart_data import (
    COUNTS,
    UNKIND_CASES,
    load_texts,
    make_members,
    make_sources,
    make_unkind_sources,
    read_seed,
)
from colour_vision import smallest_difference
from PIL import Image
from segmentation.errors import SegmentationError
from segmentation.reporting.charts import boxes, coordinates
from segmentation.reporting.charts.drawing import (
    CHART_KINDS,
    COLUMN_TYPES,
    LANGUAGES,
    draw_charts,
)
from segmentation.reporting.charts.fitting_text import fit_lines, text_width
from segmentation.reporting.charts.round_steps import round_step
from segmentation.reporting.charts.style import INK, contrast_to_white, own_style
from segmentation.reporting.charts.texts import ChartTexts, read_wording

SPACE = "\N{NARROW NO-BREAK SPACE}"


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        yield connection


def make_texts(language, *, chart_name="segment_sizes", wording=None):
    shipped = {
        (row["chart_name"], row["text_name"], each): row[f"text_{each}"]
        for row in read_seed("chart_texts")
        for each in LANGUAGES
    }
    return ChartTexts(
        wording=shipped | (wording or {}), chart_name=chart_name, language=language
    )


def make_ordinary_sources(connection, members, **changes):
    options = {"selected": 4, "moves": {(0, 0): 30, (0, 1): 4, (1, 1): 9}}
    return make_sources(
        connection,
        members,
        names=["Visibilité à construire", "Présence modérée", "Leaders"],
        **options | changes,
    )


def make_ordinary_members():
    return make_members(
        [61, 30, 6],
        categories=["Sport", "Musée", "Opticien"],
        cities=["Nantes", "Rezé"],
    )


def make_tied_members():
    """Two smallest segments, two most frequent categories and cities."""
    members = make_members([6, 3, 3], categories=["Sport"], cities=["Nantes"])
    members.loc[members.index[::2], "category_name"] = "Musée"
    members.loc[members.index[::2], "city_name"] = "Rezé"
    return members


TIED_MOVES = {(0, 1): 4, (1, 0): 4, (0, 0): 2}


def draw_all(connection, sources):
    """Draw every chart; by name and language."""
    drawn = draw_charts(sources, texts=load_texts(connection), connection=connection)
    assert drawn.columns == list(COLUMN_TYPES)
    return {(row[0], row[1]): row for row in drawn.fetchall()}


@pytest.fixture(scope="module")
def drawn():
    """Provide every chart of some ordinary enterprises; tests only read it."""
    with duckdb.connect() as connection:
        members = make_ordinary_members()
        return draw_all(connection, make_ordinary_sources(connection, members))


def pictures(drawn):
    return {key: row[-1] for key, row in drawn.items()}


class RecordingTexts(ChartTexts):
    """Remember which texts were asked for."""

    used: set = set()  # noqa: RUF012

    def __call__(self, text_name, **fields):
        for chart_name in (self.chart_name, "every_chart"):
            if (chart_name, text_name, self.language) in self.wording:
                self.used.add((chart_name, text_name))
                break
        return super().__call__(text_name, **fields)


@pytest.mark.parametrize("case", UNKIND_CASES)
def test_no_text_overlaps_another_or_leaves_the_sheet(connection, case):
    sources = make_unkind_sources(connection, case)
    wording = read_wording(load_texts(connection))
    drawn = set()
    with own_style():
        for kind in CHART_KINDS:
            content = kind.read(sources)
            if content is None:
                continue
            drawn.add(kind.name)
            for language in LANGUAGES:
                chart = kind.draw(
                    content,
                    RecordingTexts(
                        wording=wording, chart_name=kind.name, language=language
                    ),
                )
                assert chart.title
                assert chart.reading
                assert chart.alternative_text
                assert_texts_are_apart(chart.sheet.axes, what=(kind.name, language))
    assert {"segment_sizes", "followers_by_platform", "pca_map"} <= drawn
    if case == "twelve_segments_with_long_names":
        assert drawn == {kind.name for kind in CHART_KINDS}


def assert_texts_are_apart(axes, *, what):
    figure = axes.figure
    renderer = figure.canvas.get_renderer()
    extents = [
        (text.get_text(), text.get_window_extent(renderer))
        for text in axes.texts
        if text.get_visible() and text.get_text()
    ]
    assert len(extents) > 2
    for text, box in extents:
        assert box.x0 >= 0, (what, text)
        assert box.y0 >= 0, (what, text)
        assert box.x1 <= figure.bbox.width, (what, text)
        assert box.y1 <= figure.bbox.height, (what, text)
    for (one, a), (other, b) in combinations(extents, 2):
        # Half a dot: boxes end at whole dots.
        is_apart = (
            a.x1 <= b.x0 + 0.5
            or b.x1 <= a.x0 + 0.5
            or a.y1 <= b.y0 + 0.5
            or b.y1 <= a.y0 + 0.5
        )
        assert is_apart, (what, one, other)


def test_the_check_for_overlaps_sees_one():
    with own_style():
        figure = mpl.figure.Figure(dpi=200)
        mpl.backends.backend_agg.FigureCanvasAgg(figure)
        axes = figure.add_axes((0, 0, 1, 1))
        for x in (0.2, 0.6, 0.61):
            axes.text(x, 0.5, "Nantes")
        with pytest.raises(AssertionError, match="Nantes"):
            assert_texts_are_apart(axes, what="test")


def test_every_shipped_text_is_used_by_some_chart(connection):
    used = RecordingTexts.used
    used.clear()
    wording = read_wording(load_texts(connection))
    members = make_ordinary_members()
    members.loc[members.index[::9], ["category_name", "city_name"]] = None
    equal = make_members([5, 5, 5], categories=["Sport"], cities=["Nantes"])
    cases = {"equal": equal, "tied": make_tied_members()}
    with own_style(), pytest.MonkeyPatch.context() as patch:
        for case in (*UNKIND_CASES, "ordinary", *cases, "sample", "million"):
            with duckdb.connect() as each:
                if case == "sample":
                    patch.setattr(coordinates, "MOST_POINTS", 50)
                if case == "million":
                    members["followers_total"] *= 1e6
                sources = (
                    make_unkind_sources(each, case)
                    if case in UNKIND_CASES
                    else make_ordinary_sources(
                        each,
                        cases.get(case, members),
                        moves=TIED_MOVES if case == "tied" else {(0, 0): 9, (0, 1): 4},
                    )
                )
                for kind in CHART_KINDS:
                    content = kind.read(sources)
                    if content is not None:
                        texts = RecordingTexts(
                            wording=wording, chart_name=kind.name, language="fr"
                        )
                        kind.draw(content, texts)
    texts = RecordingTexts(wording=wording, chart_name="sectors", language="fr")
    texts.share(0.0001)
    texts.share(0.9999)
    unused = {(chart, text) for chart, text, _ in wording} - used
    assert unused == set()


def test_a_text_has_the_same_fields_in_both_languages():
    for row in read_seed("chart_texts"):
        fields = [
            {name for _, name, _, _ in string.Formatter().parse(row[f"text_{each}"])}
            - {None}
            for each in LANGUAGES
        ]
        assert fields[0] == fields[1], row


@pytest.mark.parametrize(
    ("template", "problem"),
    [
        ("{lagest} en a le plus", "KeyError('lagest')"),
        ("{largest en a le plus", "ValueError"),
        ("{} en a le plus", "ValueError"),
        ("{largest.size}", "AttributeError"),
    ],
)
def test_a_broken_text_is_named_with_its_fields(template, problem):
    key = ("segment_sizes", "reading", "fr")
    texts = make_texts("fr", wording={key: template})
    with pytest.raises(SegmentationError) as error:
        texts("reading", largest="Leaders", smallest="Autres")
    message = str(error.value)
    assert "'reading' of 'segment_sizes' in the seed chart_texts (fr)" in message
    assert problem.split("(")[0] in message
    assert "Its fields are: {largest}, {smallest}." in message


def test_a_missing_text_is_named():
    with pytest.raises(SegmentationError, match="add the line segment_sizes,motto"):
        make_texts("en")("motto")


def test_a_text_with_braces_in_a_name_is_written_as_it_is():
    texts = make_texts("en")
    assert texts("size", segment="{0} {x}", enterprises="1", share="1%").startswith(
        "{0} {x}, 1"
    )


@pytest.mark.parametrize(
    ("method", "value", "french", "english"),
    [
        ("number", 1234567, f"1{SPACE}234{SPACE}567", "1,234,567"),
        ("mean", 1234.5, f"1{SPACE}234", "1,234"),
        ("mean", 9.44, "9,4", "9.4"),
        ("mean", 9.97, "10", "10"),
        ("mean", 5.0, "5", "5"),
        ("mean", 0.0, "0", "0"),
        ("share", 0.577, f"58{SPACE}%", "58%"),
        ("share", 0.0594, f"5,9{SPACE}%", "5.9%"),
        ("share", 0.0996, f"10{SPACE}%", "10%"),
        ("share", 0.996, f"99,6{SPACE}%", "99.6%"),
        ("share", 0.99999, f"plus de 99,9{SPACE}%", "more than 99.9%"),
        ("share", 0.00001, f"moins de 0,1{SPACE}%", "less than 0.1%"),
        ("share", 0.0, f"0{SPACE}%", "0%"),
        ("share", 1.0, f"100{SPACE}%", "100%"),
        ("enterprises", 0, "0 entreprise", "0 enterprises"),
        ("enterprises", 1, "1 entreprise", "1 enterprise"),
        ("enterprises", 2, "2 entreprises", "2 enterprises"),
    ],
)
def test_numbers_are_written_as_the_language_does(method, value, french, english):
    assert getattr(make_texts("fr"), method)(value) == french
    assert getattr(make_texts("en"), method)(value) == english


def test_the_rest_of_a_long_list_is_counted_but_never_one_item():
    texts = make_texts("en")
    assert texts.listed(["a", "b"]) == "a; b"
    assert texts.listed(list("abcdefg")) == "a; b; c; d; e; f; g"
    assert texts.listed(list("abcdefgh")) == "a; b; c; d; e; f; 2 more"


def test_lines_fit_their_width_and_lose_nothing_unless_abbreviated():
    text = "Établissements d'hébergement, de restauration et de loisirs"
    for width in (20, 60, 100, 400):
        lines = fit_lines(text, width=width, size=9, most=99)
        assert all(text_width(line, 9) <= width for line in lines)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
        for most in (1, 2):
            few = fit_lines(text, width=width, size=9, most=most)
            assert len(few) <= most
            assert all(text_width(line, 9) <= width for line in few)
            assert (few == lines) == (len(lines) <= most)
            assert few == lines or few[-1].endswith("…")
    assert fit_lines("", width=50, size=9) == [""]


def test_a_no_break_space_does_not_break():
    text = f"421{SPACE}000 clients"
    width = text_width(f"421{SPACE}000", 9) + 1
    assert fit_lines(text, width=width, size=9, most=3) == [f"421{SPACE}000", "clients"]


@pytest.mark.parametrize(
    ("least", "step"),
    [(1, 1), (1.01, 2), (0.18, 0.2), (4.9, 5), (5.1, 10), (1e-3, 1e-3), (123456, 2e5)],
)
def test_steps_are_round(least, step):
    assert round_step(least) == pytest.approx(step)


def test_the_same_rows_in_any_order_give_the_same_bytes(drawn):
    first = pictures(drawn)
    assert len(first) == len(CHART_KINDS) * len(LANGUAGES)
    with duckdb.connect(config={"threads": 3}) as other:
        shuffled = make_ordinary_members().sample(frac=1, random_state=1)
        again = draw_all(other, make_ordinary_sources(other, shuffled))
    assert pictures(again) == first


def test_settings_of_the_user_do_not_matter_and_are_left_alone(connection, drawn):
    sources = make_ordinary_sources(connection, make_ordinary_members())
    settings = {"font.family": "serif", "figure.dpi": 30, "lines.linewidth": 9}
    with mpl.rc_context(settings):
        assert pictures(draw_all(connection, sources)) == pictures(drawn)
        assert mpl.rcParams["figure.dpi"] == 30


def test_pictures_are_png_files_of_one_width_without_a_clock(drawn):
    for png in pictures(drawn).values():
        assert png.startswith(b"\x89PNG\r\n\x1a\n")
        image = Image.open(BytesIO(png))
        assert image.width == 1600
        # What else could be told: the program, the time.
        assert set(image.info) == {"dpi"}
        assert np.asarray(image.convert("RGB"))[0, 0].tolist() == [255, 255, 255]


def test_the_sentence_beside_a_chart_has_the_figures_of_the_data(drawn):
    description = {key: row[4] for key, row in drawn.items()}
    assert description["segment_sizes", "en"] == (
        "Visibilité à construire has 61 of the 97 enterprises (63%); the smallest"
        " segment, Leaders, has 6 (6.2%)."
    )
    assert description["cluster_counts", "en"] == (
        "4 clusters are selected; no number is advised, for none meets all conditions."
    )
    assert description["segment_migrations", "en"] == (
        "91% of the 43 enterprises stay in their segment; the largest move is from"
        " Visibilité à construire to Présence modérée: 4 enterprises."
    )


def test_a_sentence_does_not_single_out_one_of_equals(connection):
    sources = make_ordinary_sources(connection, make_tied_members(), moves=TIED_MOVES)
    drawn = draw_all(connection, sources)
    assert drawn["segment_sizes", "en"][4] == (
        "Visibilité à construire has 6 of the 12 enterprises (50%); the 2 smallest"
        " segments have 3 each (25%)."
    )
    assert drawn["sectors", "fr"][4] == (
        "Musée et Sport sont à égalité en tête (6 entreprises chacune sur 12,"
        f" 50{SPACE}%)."
    )
    assert drawn["segment_migrations", "en"][4] == (
        "20% of the 10 enterprises stay in their segment; the largest moves are of 4"
        " enterprises each."
    )


def test_sizes_count_enterprises_where_they_have_been_set(connection):
    members = make_ordinary_members()
    members["segment_key"] = members["model_segment_key"]
    # The third segment is in the seed, but the fit has no cluster for it.
    members.loc[members["model_segment_key"] == "s02", "model_segment_key"] = "s01"
    sources = make_ordinary_sources(connection, members)
    connection.execute("delete from cluster_profiles where segment_key = 's02'")
    shown = CHART_KINDS[0].read(sources)
    assert [(s.key, s.enterprise_count) for s in shown] == [
        ("s00", 61),
        ("s01", 30),
        ("s02", 6),
    ]
    assert [(s.key, s.enterprise_count) for s in sources.segments] == [
        ("s00", 61),
        ("s01", 36),
    ]


def test_a_median_at_the_end_of_its_box_is_seen_on_every_colour(connection):
    members = make_members([20, 20], categories=["a"], cities=["b"])
    members["followers_other"] = [0.0] * 30 + [50.0] * 10
    members.loc[members.index[:8], "followers_other"] = 50.0
    sources = make_sources(connection, members, names=["Low", "High"])
    with own_style():
        content = boxes.read_boxes(sources)
        assert content.boxes["s00", "other"].quantiles[1:4] == (0, 0, 50)
        chart = boxes.draw_boxes(
            content, make_texts("en", chart_name="social_indicators")
        )
    heights = [
        np.ptp(line.get_ydata())
        for line in chart.sheet.axes.lines
        if line.get_color() == INK and len(set(line.get_xdata())) == 1
    ]
    assert max(heights) > boxes.BOX_HEIGHT


def test_nothing_to_draw_gives_no_row(connection):
    nobody = make_ordinary_members().iloc[:0]
    sources = make_ordinary_sources(connection, nobody, moves={})
    connection.execute("delete from cluster_profiles")
    connection.execute("delete from cluster_count_evaluation")
    connection.execute("delete from projection_components")
    assert draw_all(connection, sources) == {}


def test_boxes_are_the_quantiles_of_the_known_counts(connection):
    members = make_ordinary_members()
    members.loc[members.index[::7], "followers_facebook"] = None
    content = boxes.read_boxes(make_ordinary_sources(connection, members))
    for key, rows in members.groupby("model_segment_key"):
        known = rows["followers_facebook"].dropna().to_numpy()
        box = content.boxes[key, "facebook"]
        assert box.known_count == len(known)
        expected = np.quantile(known, boxes.QUANTILES)
        np.testing.assert_allclose(box.quantiles, expected)
        low, high = expected[0], expected[-1]
        assert box.points == sorted(known[(known < low) | (known > high)])


def test_few_of_many_outliers_are_drawn_with_the_extremes_among_them(connection):
    members = make_members([5_000, 3], categories=["a"], cities=["b"])
    content = boxes.read_boxes(make_sources(connection, members, names=["Many", "Few"]))
    counts = members.loc[members["model_segment_key"] == "s00", "followers_total"]
    points = content.boxes["s00", "total"].points
    assert 30 <= len(points) <= boxes.MOST_OUTLIERS
    assert points[-1] == counts.max()
    few = content.boxes["s01", "total"]
    assert few.points == sorted(
        members.loc[members["model_segment_key"] == "s01", "followers_total"]
    )


def test_the_map_samples_the_same_enterprises_whatever_the_order(connection):
    members = make_ordinary_members()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(coordinates, "MOST_POINTS", 40)
        content = coordinates.read_map(make_ordinary_sources(connection, members))
        with duckdb.connect() as other:
            shuffled = members.sample(frac=1, random_state=3)
            again = coordinates.read_map(make_ordinary_sources(other, shuffled))
    assert content.point_count == sum(map(len, content.xs.values())) == 40
    assert content.enterprise_count == 97
    for key, xs in content.xs.items():
        assert xs.tolist() == again.xs[key].tolist()
    # Centres are everybody's.
    of_first = members.loc[members["model_segment_key"] == "s00"]
    assert content.centres["s00"] == pytest.approx(
        (of_first["pca_x"].median(), of_first["pca_y"].median())
    )


def test_a_segment_that_no_point_was_sampled_of_still_has_its_centre(connection):
    with pytest.MonkeyPatch.context() as patch, own_style():
        patch.setattr(coordinates, "MOST_POINTS", 2)
        sources = make_ordinary_sources(connection, make_ordinary_members())
        content = coordinates.read_map(sources)
        assert min(map(len, content.xs.values())) == 0
        chart = coordinates.draw_map(content, make_texts("en", chart_name="pca_map"))
    written = " ".join(text.get_text() for text in chart.sheet.axes.texts)
    for segment in sources.segments:
        assert segment.names["en"].split()[0] in written


@pytest.mark.parametrize(
    ("linear_to", "low", "high"),
    [(1, -0.6, 20.2), (1, -4.5, 4.9), (5, -1, 3), (20, -2, 12), (1e-3, -1, 1)],
)
def test_ticks_of_the_map_lie_apart_within_the_ends(linear_to, low, high):
    scale = coordinates.Scale(linear_to, low, high, 50.0, 550.0)
    ticks = scale.ticks(least_gap=44)
    assert len(ticks) >= 3
    assert 0 in ticks
    assert low <= min(ticks) < max(ticks) <= high
    places = scale.place(np.array(ticks))
    assert (np.diff(places) >= 44).all()
    assert scale.place(np.array([low, high])).tolist() == [50, 550]


def test_ticks_are_written_as_they_are():
    texts = make_texts("en")
    written = [
        coordinates._coordinate(value, texts)
        for value in (2.5, -0.5, 0.0, 0.1, -0.025, 1000.0, 3 * 0.1)
    ]
    minus = coordinates.MINUS
    assert written == [
        "2.5", f"{minus}0.5", "0", "0.1", f"{minus}0.025", "1,000", "0.3",
    ]  # fmt: skip


def test_bars_count_every_enterprise_once(connection):
    members = make_members(
        [300, 100, 40],
        categories=[f"c{i:02d}" for i in range(37)],
        cities=["Nantes"],
    )
    members.loc[members.index[::11], "category_name"] = None
    ranking = next(k for k in CHART_KINDS if k.name == "sectors").read(
        make_ordinary_sources(connection, members)
    )
    assert ranking.total == len(members)
    assert ranking.unknown_count == members["category_name"].isna().sum()
    assert (len(ranking.places), ranking.other_names) == (30, 7)
    counts = members["category_name"].value_counts()
    expected = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:30]
    assert [(n, sum(parts.values())) for n, parts in ranking.places] == expected


def test_any_two_colours_differ_for_every_kind_of_colour_vision():
    """CIE76 distance in Lab; 2.3 is just noticeable, side by side."""
    colours = [row["colour"] for row in read_seed("segment_colours")]
    assert len(colours) == 12
    for first, second in combinations(colours, 2):
        assert smallest_difference(first, second) >= 18, (first, second)


def test_every_colour_stands_out_from_paper():
    for row in read_seed("segment_colours"):
        assert contrast_to_white(row["colour"]) >= 2, row
    assert contrast_to_white("#000000") == pytest.approx(21)
    assert contrast_to_white("#FFFFFF") == pytest.approx(1)


def test_counts_are_what_the_marts_say_also_of_a_segment_nobody_is_in(connection):
    sources = make_unkind_sources(connection, "a_segment_without_enterprises")
    assert {s.key: s.enterprise_count for s in sources.segments} == {
        "s00": 50,
        "s01": 0,
        "s02": 3,
    }
    assert pd.isna(sources.int_segments_described.df()["display_order"]).sum() == 1
    assert len(COUNTS) == 5
