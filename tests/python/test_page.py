"""The page for account managers, written from small tables."""

import html
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pytest
from page_data import (
    VISIBILITY,
    make_chart,
    make_enterprise,
    make_recommendation,
    make_segment,
    make_tables,
)
from segmentation.reporting.page import write_page
from segmentation.reporting.page.writing import (
    LEAST_PER_SEGMENT,
    read_clients,
    read_texts,
)

Tables = dict[str, list[dict[str, Any]]]


def page_of(folder: Path, tables: Tables, *, limit: int = 5_000, **others: Any) -> str:
    """Write a page of clients and of other segmentations."""
    with duckdb.connect() as connection:
        make_tables(connection, tables, segmentations=others)
        path = folder / "segments.html"
        write_page(connection, path, language="fr", enterprise_limit=limit)
    return path.read_text(encoding="utf-8")


def data_of(page: str) -> dict[str, Any]:
    return json.loads(re.search(r'id="data">(.*?)</script>', page, re.DOTALL)[1])


def clients_of(
    enterprises: list[dict[str, Any]], *, limit: int = 5_000, **tables: Any
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Read clients, and their rows by column."""
    with duckdb.connect() as connection:
        make_tables(connection, {"enterprise_segments": enterprises} | tables)
        clients = read_clients(connection, enterprise_limit=limit)
    columns, rows = clients["columns"], clients["rows"]
    return clients, [dict(zip(columns, row, strict=True)) for row in rows]


def make_value(name: str | None, rank: int, **values: Any) -> dict[str, Any]:
    return {
        "segment_key": "small", "dimension": "category_name", "dimension_value": name,
        "cluster_share": 0.25, "value_rank": rank,
    } | values  # fmt: skip


@pytest.fixture
def agency():
    """Provide two segments, one of them new, and three enterprises."""
    portrait = {"segment_profile_fr": "Petits.", "segment_aim_en": "Grow."}
    return {
        "segment_overview": [
            make_segment("small", display_order=1, cluster_id=0, **portrait),
            make_segment("new_2_1", segment_marker="?", segment_colour="#C3A587"),
            make_segment("gone", display_order=2),
        ],
        "cluster_measures": [
            {"segment_key": "small", "measure": name, "median_value": median}
            for name, median in (("turnover_eur", 2.5), ("followers_total", 1234.5))
        ],
        "measure_texts": [{"name": "followers_total", "label_fr": "Abonnés au total"}],
        "cluster_mix": [
            make_value(name, rank)
            for rank, name in enumerate(["Sport", None, "Art", "Vélo", "Zoo"], start=1)
        ],
        "enterprise_segments": [
            make_enterprise("E1", "small", enterprise_name="Un", city_name="Nantes"),
            make_enterprise("E2", "small", enterprise_name="Deux", is_set_by_hand=True),
            make_enterprise("E3", "new_2_1", enterprise_name="Trois"),
        ],
        "cluster_recommendations": [
            {"segment_key": "small", "recommendation_id": f"r{n}", "priority": n}
            | {"platform": "facebook", "city_name": "Nantes" if n == 1 else None}
            | {"action_fr": f"action {n}", "action_en": f"deed {n}"}
            for n in range(1, 8)
        ],
        "enterprise_recommendations": [
            make_recommendation(id_, f"{platform}{n}", platform, recommendation_rank=n)
            for id_ in ("E1", "E2", "E3")
            for platform in ("any", "facebook", "x")
            for n in (1, 2)
        ],
        "chart_drawings": [
            make_chart(name, language, position=position)
            for language in ("en", "fr")
            for position, name in ((2, "map"), (1, "sizes"))
        ],
    }


def test_every_text_is_in_both_languages_with_its_fields_and_spaces():
    for key, text in read_texts().items():
        assert text.keys() == {"fr", "en"}, key
        forms = [f.values() if isinstance(f, dict) else [f] for f in text.values()]
        for french, english in zip(*forms, strict=True):
            assert french.strip(), key
            assert english.strip(), key
            places = [set(re.findall(r"\{\w*\}", form)) for form in (french, english)]
            assert places[0] == places[1], key
            # Punctuation stays on one line with its words.
            assert not re.search("[^\u00a0\u202f][:;?!»%]|«[^\u00a0]", french), key


def test_the_template_and_the_script_name_no_text_that_is_not_there():
    folder = Path(read_texts.__code__.co_filename).parent
    text = "".join((folder / n).read_text("utf-8") for n in ("page.html", "page.js"))
    called = r'\b(?:say|sayCount|worded|missing|heading|own)\((?:word, )?"(\w+)"'
    named = re.findall(called, text)
    assert len(named) > 40
    # Some begin with the word for a member, or end with it.
    for name in {*named}:
        assert any(
            key == name
            or key.endswith(f"_{name}")
            or (name.endswith("_") and key.startswith(name))
            for key in read_texts()
        ), name


def test_what_changed_is_told_since_when_by_whom_and_why(tmp_path, agency):
    today = {"changed_at": "2026-11-01"}
    agency["segment_changes"] = [
        {"member_id": id_, "change_number": 2, "cause": cause} | today | keys
        for id_, cause, keys in (
            ("E1", "member_changed", {"from_segment_key": "gone",
                                      "to_segment_key": "small"}),
            ("E0", "gone", {"from_segment_key": "small"}),
        )
    ] + [
        {"member_id": f"N{n:02}", "change_number": 1, "cause": "new"} | today
        | {"to_segment_key": "small"}
        for n in range(30)
    ] + [
        {"member_id": "E2", "change_number": 1, "cause": "model_changed"}
        | {"changed_at": "2026-10-01"}
    ]  # fmt: skip
    agency["enterprise_changes"] = [
        {"enterprise_id": "E0", "enterprise_name": "Zéro", "change_number": 2}
        | {"cause_fr": "Il a fermé.", "cause_en": "It has closed."}
    ]
    agency["segment_sizes_over_time"] = [
        {"segment_key": "small", "published_at": "2026-11-01"}
        | {"previous_published_at": "2026-09-05"}
    ]
    page = page_of(tmp_path, agency)
    found = re.search(r'<section id="changes".*?</section>', page, re.DOTALL)[0]
    english = re.sub(r'<span class="in-fr".*?</span>', "", found)
    words = " ".join(html.unescape(re.sub("<[^>]*>", " ", english)).split())
    assert words.startswith(
        "Changes Since the publication of 5 September 2026: 1 moved because its"
        " figures changed , 1 left , 30 entered . Who changed Un from “gone in English”"
        " to “small in English” its figures changed Zéro was in “small in English” It"
        " has closed. N00 in “small in English” has entered N01"
    )
    assert words.endswith("N17 in “small in English” has entered and 12 more")
    # A first publication names nobody, and what is not known is not said.
    agency["segment_changes"] = agency["segment_changes"][2:-1]
    del agency["segment_sizes_over_time"]
    first = page_of(tmp_path, agency)
    assert "First publication" in first
    assert "N00" not in first


def test_cards_and_charts_are_shown_in_both_languages(tmp_path, agency):
    page = page_of(tmp_path, agency)
    shown = html.unescape(re.sub(r"<script.*", "", page, flags=re.DOTALL))
    for text in (
        *("small en français", "small in English", "67% of all clients", "Grow."),
        *("3 clients répartis en 2 segments", "3 clients in 2 segments"),
        *("dont 1 classé à la main", "1\u202f234", "2,5", "Vélo", "deed 5"),
        "Ce segment est nouveau\u00a0: il n\u2019a pas encore de portrait.",
    ):
        assert text in shown, text
    # The three most frequent known sectors, and general actions only, four at most.
    for text in ("gone in English", "Zoo", "action 1", "deed 6"):
        assert text not in shown, text
    shares = re.findall(
        r'<li[^>]*><span>(?:<[^>]*>)?([^<]*)<.*?in-en"[^>]*>(\d+%)', shown
    )
    assert shares == [("Sport", "25%"), ("Art", "25%"), ("Vélo", "25%"),
                      ("inconnu", "25%")]  # fmt: skip
    # Measures in the order of the segmentation, those without a text by their name.
    figures = re.findall(r'<th scope="row"><span[^>]*>([^<]*)<', shown)
    assert figures == ["Abonnés au total", "turnover_eur"]
    # A shape that the page cannot draw is a circle.
    assert re.findall(r'<h3 id.*?href="#shape-(\d+)"', page) == ["1", "0"]
    assert re.findall(r'alt="([^"]*)"', page) == [
        f"alternative {name} {language}"
        for name in ("sizes", "map")
        for language in ("fr", "en")
    ]
    assert len(re.findall(r'src="data:image/png;base64,[^"]+"', page)) == 4

    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
    assert policy.startswith("default-src 'none'; img-src data:;")
    assert not re.search("unsafe|http", policy)
    assert not re.search(r'(?:src|href)="(?!data:|#)| style=', page)
    # The same data in another order give the same bytes.
    assert page_of(tmp_path, {name: t[::-1] for name, t in agency.items()}) == page


def test_segments_without_a_place_come_last_the_largest_first(tmp_path):
    places = {"new_1_1": (3, None), "new_1_2": (40, None), "named": (1, 1)}
    segments = [
        make_segment(key, cluster_id=i, model_member_count=size, display_order=order)
        for i, (key, (size, order)) in enumerate(places.items())
    ]
    page = page_of(tmp_path, {"segment_overview": segments})
    names = re.findall(r">(\w+) in English</span></h3>", page)
    assert names == ["named", "new_1_2", "new_1_1"]


@pytest.mark.parametrize("name", ["purchases", "seniority"])
def test_a_further_segmentation_with_segments_is_a_tab_of_its_own(
    tmp_path, agency, name
):
    entry = VISIBILITY | {"measures": ["order_count"], "dimensions": ["country"]}
    alone = page_of(tmp_path, agency)
    # Without segments it changes nothing.
    assert page_of(tmp_path, agency, **{name: entry}) == alone
    assert 'role="tablist"' not in alone
    of_other = {"segmentation": name}
    label = {"name": name, "label_fr": "Achats", "label_en": "Purchases"}
    for table, row in {
        "segment_overview": make_segment("loyal", cluster_id=0, member_count=8),
        "cluster_measures": {"segment_key": "loyal", "measure": "order_count"},
        "cluster_mix": make_value("Belgium", 1, segment_key="loyal",
                                  dimension="country"),
        "measure_texts": label,
        "chart_drawings": make_chart("sales", "fr"),
    }.items():  # fmt: skip
        agency[table].append(row | of_other)
    agency["segmentation_crossings"] = [
        {"segmentation": one, "segment_key": a, "other_segmentation": other}
        | {"other_segment_key": b, "member_count": 3}
        for one, other, a, b in (
            [(name, "visibility", "loyal", "small")]
            if name < "visibility"
            else [("visibility", name, "small", "loyal")]
        )
    ]
    if name == "purchases":
        agency |= {
            "account_segments": [
                {"account_id": "A1", "segment_key": "loyal", "total_sales_eur": 9}
                | {"rfm_segment_key": "new", "top_products": "Logo · Site"}
            ],
            "account_cluster_profiles": [
                {"segment_key": "loyal", "total_sales_eur": 1234, "sales_share": 0.5}
            ],
            "segment_top_products": [
                {"segment_key": "loyal", "ranked_by": "sales", "product_rank": rank}
                | {"product_name": f"P{rank}", "segment_share": 0.25, "lift": lift}
                for rank, lift in enumerate((2.5, 1.0, 0.5, 9.0), start=1)
            ],
            "account_recommendations": [
                {"account_id": "A1", "recommendation_id": "offer", "priority": 1}
                | {"action_fr": "Une offre.", "action_en": "An offer."}
            ],
        }
    page = page_of(tmp_path, agency, **{name: entry})
    panel = re.search(rf'<div class="panel" id="{name}".*</main>', page, re.DOTALL)[0]
    for text in (
        *("Achats", "loyal en français", "100%", "order_count", 'role="tabpanel"'),
        *("country", "Belgium", "alternative sales fr", "small in English"),
        "8 comptes" if name == "purchases" else "8 membres",
    ):
        assert text in panel
    rest = page.replace(panel, "").partition('id="data"')[0]
    assert rest.count('role="tab"') == 2
    assert not re.search("loyal|alternative sales", rest)
    lists = data_of(page)["lists"]
    assert lists["visibility"] == data_of(alone)["lists"]["visibility"]
    assert ("data-segment" in panel) == ("purchases" in lists) == (name == "purchases")
    if name == "purchases":
        for text in ("1,234 of purchases, 50% of the total", "2.5 times the usual",
                     "as on average", "less than on average"):  # fmt: skip
            assert text in panel
        assert "P4" not in panel
        accounts = lists["purchases"]
        (row,) = accounts["rows"]
        row = dict(zip(accounts["columns"], row, strict=True))
        assert (row["products"], row["recommendations"]) == ("Logo · Site", [0])


def test_beyond_the_limit_segments_are_in_proportion_and_small_ones_not_lost():
    sizes = {"large": 800, "middle": 200, "small": 30, "tiny": 3}
    enterprises = [
        make_enterprise(f"{key}{number:03}", key)
        for key, size in sizes.items()
        for number in range(size)
    ]
    assert len(clients_of(enterprises, limit=1033)[1]) == 1033
    _, rows = clients_of(enterprises, limit=200)
    shown = Counter(row["segment"] for row in rows)
    assert sum(shown.values()) == 200
    assert (shown["tiny"], shown["small"]) == (3, LEAST_PER_SEGMENT)
    # What is left falls to the others by their size.
    assert shown["large"] / shown["middle"] == pytest.approx(4, rel=0.05)


def test_of_a_segment_the_highest_scores_are_shown_then_the_first_names(
    tmp_path, agency
):
    enterprises = [
        make_enterprise(id_, "a", enterprise_name=name, engagement_score=score)
        for id_, name, score in (
            ("E1", "A", None), ("E2", "Z", 50), ("E3", "B", 50), ("E4", "M", 90),
            ("E0", "A", None),
        )
    ]  # fmt: skip
    for limit, expected in ((2, {"E4", "E3"}), (4, {"E4", "E3", "E2", "E0"})):
        _, rows = clients_of(enterprises, limit=limit)
        assert {row["id"] for row in rows} == expected
    page = page_of(tmp_path, agency, limit=2)
    assert "2 clients sur 3 sont montrés ici" in page
    assert "2 of 3 clients are shown here" in page
    assert len(data_of(page)["lists"]["visibility"]["rows"]) == 2


def test_recommendations_are_listed_once_the_target_platform_first():
    names = {"facebook": "Facebook", "x": "X (Twitter)"}
    targets = {"E1": "X (Twitter)", "E2": "Facebook", "E3": None}
    written = [
        *(("general", "any", 1), ("second", "facebook", 2)),
        *(("first", "facebook", 1), ("post", "x", 1)),
    ]
    clients, rows = clients_of(
        [make_enterprise(id_, "a", target_platform=of) for id_, of in targets.items()],
        enterprise_recommendations=[
            make_recommendation(id_, key, platform, recommendation_rank=rank,
                                platform_name=names.get(platform))
            for id_ in ("E1", "E2")
            for key, platform, rank in written
        ],
    )  # fmt: skip
    texts = clients["recommendations"]
    assert len(texts) == 4
    assert {
        row["id"]: [texts[place]["action"]["en"] for place in row["recommendations"]]
        for row in rows
    } == {
        "E1": ["post", "first", "second", "general"],
        "E2": ["first", "second", "post", "general"],
        "E3": [],
    }
