"""The page for account managers, written from small tables."""

import html
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pytest
from page_data import make_enterprise, make_image, make_segment, make_tables
from segmentation.reporting.page import write_page
from segmentation.reporting.page.contents import LEAST_PER_SEGMENT, read_clients
from segmentation.reporting.page.wording import read_texts

SPITEFUL = "</script><img src=x onerror=alert(1)>\"'&{{ 7*7 }}"


def page_of(
    folder: Path,
    tables: dict[str, list[dict[str, Any]]],
    *,
    language: str = "fr",
    enterprise_limit: int = 5_000,
) -> str:
    connection = duckdb.connect()
    path = folder / "segments.html"
    write_page(
        connection,
        path,
        relations=make_tables(connection, tables),
        language=language,
        enterprise_limit=enterprise_limit,
    )
    return path.read_text(encoding="utf-8")


def data_of(page: str) -> dict[str, Any]:
    return json.loads(re.search(r'id="data">(.*?)</script>', page, re.DOTALL)[1])


def clients_of(
    enterprises: list[dict[str, Any]],
    *,
    segment_keys: list[str],
    limit: int = 5_000,
    **tables: list[dict[str, Any]],
) -> dict[str, Any]:
    connection = duckdb.connect()
    relations = make_tables(connection, {"clustered_enterprises": enterprises} | tables)
    return read_clients(
        connection,
        relations=relations,
        segment_keys=segment_keys,
        enterprise_limit=limit,
    )


def rows_of(clients: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        dict(zip(clients["columns"], r, strict=True)) for r in clients["enterprises"]
    ]


@pytest.fixture
def agency() -> dict[str, list[dict[str, Any]]]:
    """Provide two segments, one of them new, and three enterprises."""
    return {
        "int_segments_described": [
            make_segment(
                "small",
                segment_profile_fr="Petits.",
                segment_profile_en="Small ones.",
                segment_aim_fr="Grandir.",
                segment_aim_en="Grow.",
                display_order=1,
            ),
            make_segment("new_2_1", segment_marker="?", segment_colour="#C3A587"),
            make_segment("gone", display_order=2),
        ],
        "cluster_profiles": [
            {
                "cluster_id": 0,
                "segment_key": "small",
                "median_followers_total": 1234.5,
                "mean_followers_total": 2000,
            },
        ],
        "cluster_category_mix": [
            {
                "cluster_id": 0,
                "segment_key": "small",
                "category_name": name,
                "cluster_share": 0.25,
                "category_rank": rank,
            }
            for rank, name in enumerate(["Sport", None, "Art", "Vélo", "Zoo"], start=1)
        ],
        "clustered_enterprises": [
            make_enterprise("E1", "small", enterprise_name="Un", city_name="Nantes"),
            make_enterprise("E2", "small", enterprise_name="Deux", is_set_by_hand=True),
            make_enterprise("E3", "new_2_1", enterprise_name="Trois"),
        ],
        "cluster_recommendations": [
            {
                "segment_key": "small",
                "recommendation_id": f"r{priority}",
                "priority": priority,
                "platform": "facebook",
                "city_name": "Nantes" if priority == 1 else None,
                "action_fr": f"action {priority}",
                "action_en": f"deed {priority}",
            }
            for priority in range(1, 8)
        ],
        "platforms": [{"platform": "facebook", "platform_name": "Facebook"}],
    }


def test_every_text_is_there_in_both_languages_with_the_same_placeholders() -> None:
    for key, text in read_texts().items():
        assert text.keys() == {"fr", "en"}, key
        forms = [
            list(form.values()) if isinstance(form, dict) else [form]
            for form in text.values()
        ]
        assert len(forms[0]) == len(forms[1]), key
        for french, english in zip(*forms, strict=True):
            assert french.strip(), key
            assert english.strip(), key
            places = [set(re.findall(r"\{\w*\}", form)) for form in (french, english)]
            assert places[0] == places[1], key


def test_french_texts_keep_punctuation_on_one_line_with_its_words() -> None:
    for key, text in read_texts().items():
        forms = text["fr"].values() if isinstance(text["fr"], dict) else [text["fr"]]
        for form in forms:
            assert not re.search("[^\u00a0\u202f][:;?!»%]|«[^\u00a0]", form), key


def test_the_template_and_the_script_name_no_text_that_is_not_there() -> None:
    folder = Path(read_texts.__code__.co_filename).parent
    texts = read_texts()
    template = (folder / "page.html").read_text(encoding="utf-8")
    script = (folder / "page.js").read_text(encoding="utf-8")
    named = re.findall(r'\b(?:say|sayCount|worded|counted)\("(\w+)"', template + script)
    assert len(named) > 40
    assert set(named) <= texts.keys()


def test_cards_show_the_segments_of_today_in_both_languages(
    tmp_path: Path, agency: dict[str, list[dict[str, Any]]]
) -> None:
    page = page_of(tmp_path, agency)
    shown = html.unescape(re.sub(r"<script.*", "", page, flags=re.DOTALL))
    assert "small en français" in shown
    assert "small in English" in shown
    assert "gone in English" not in shown
    assert "3 clients répartis en 2 segments" in shown
    assert "3 clients in 2 segments" in shown
    assert "dont 1 classé à la main" in shown
    assert "67% of all clients" in shown
    assert "1\u202f234" in shown
    assert "Ce segment est nouveau\u00a0: il n'a pas encore de portrait." in shown
    # The three most frequent known sectors, and general actions only, four at most.
    assert "Vélo" in shown
    assert "Zoo" not in shown
    assert "action 1" not in shown
    assert "deed 5" in shown
    assert "deed 6" not in shown
    # A shape that the page cannot draw is a circle.
    assert page.count('href="#shape-circle"') == 1


def test_segments_without_a_place_come_last_the_largest_first(tmp_path: Path) -> None:
    sizes = {"new_1_1": 3, "new_1_2": 40, "named": 1}
    page = page_of(
        tmp_path,
        {
            "int_segments_described": [
                make_segment(key, display_order=1 if key == "named" else None)
                for key in sizes
            ],
            "cluster_profiles": [
                {"cluster_id": i, "segment_key": key, "enterprise_count": size}
                for i, (key, size) in enumerate(sizes.items())
            ],
        },
    )
    assert re.findall(r">(\w+) in English</span></h3>", page) == [
        "named",
        "new_1_2",
        "new_1_1",
    ]


def test_the_page_opens_in_the_language_of_the_project(
    tmp_path: Path, agency: dict[str, list[dict[str, Any]]]
) -> None:
    page = page_of(tmp_path, agency, language="en")
    assert '<html lang="en">' in page
    assert "<title>Client segmentation</title>" in page
    assert data_of(page)["language"] == "en"


def test_names_cannot_become_markup_or_code(
    tmp_path: Path, agency: dict[str, list[dict[str, Any]]]
) -> None:
    agency["int_segments_described"][0] |= {
        "segment_name_fr": SPITEFUL,
        "segment_name_en": SPITEFUL,
        "segment_colour": '"><b>',
    }
    agency["clustered_enterprises"][0]["enterprise_name"] = SPITEFUL
    agency["cluster_category_mix"][0]["category_name"] = SPITEFUL
    agency["chart_drawings"] = [
        {
            "chart_name": "sizes",
            "language": "fr",
            "position": 1,
            "title": SPITEFUL,
            "description": SPITEFUL,
            "alternative_text": SPITEFUL,
            "png": make_image(red=1),
        }
    ]
    page = page_of(tmp_path, agency)
    assert "<img src=x" not in page
    assert "<b>" not in page
    # Those of the data and of the page itself.
    assert page.count("</script>") == 2
    assert SPITEFUL in {row[1] for row in data_of(page)["enterprises"]}


def test_only_the_pages_own_script_and_style_may_run(
    tmp_path: Path, agency: dict[str, list[dict[str, Any]]]
) -> None:
    page = page_of(tmp_path, agency)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
    assert policy.startswith("default-src 'none'; img-src data:;")
    assert "unsafe" not in policy
    assert "http" not in policy
    assert not re.search(r'(?:src|href)="(?!data:|#)', page)
    assert " style=" not in page


def test_the_same_data_in_another_order_give_the_same_bytes(
    tmp_path: Path, agency: dict[str, list[dict[str, Any]]]
) -> None:
    agency["enterprise_recommendations"] = [
        {
            "enterprise_id": id_,
            "recommendation_id": f"{platform}{rank}",
            "platform": platform,
            "action_fr": "f",
            "action_en": "e",
            "matched_on": "segment",
            "recommendation_rank": rank,
        }
        for id_ in ("E1", "E2", "E3")
        for platform in ("any", "facebook", "x")
        for rank in (1, 2)
    ]
    first = page_of(tmp_path, agency)
    shuffled = {table: rows[::-1] for table, rows in agency.items()}
    assert page_of(tmp_path, shuffled) == first


def test_empty_tables_give_a_page_that_says_so(tmp_path: Path) -> None:
    page = page_of(tmp_path, {})
    assert "Aucun client n&#39;est encore segmenté." in page
    assert "No chart to show." in page
    assert data_of(page)["enterprises"] == []


def test_a_chart_is_shown_with_its_texts_in_each_language(
    tmp_path: Path, agency: dict[str, list[dict[str, Any]]]
) -> None:
    agency["chart_drawings"] = [
        {
            "chart_name": name,
            "language": language,
            "position": position,
            "title": f"{name} {language}",
            "description": "reading",
            "alternative_text": f"alternative {name} {language}",
            "png": make_image(red=position),
        }
        for language in ("en", "fr")
        for position, name in ((2, "map"), (1, "sizes"))
    ]
    page = page_of(tmp_path, agency)
    assert re.findall(r'alt="([^"]*)"', page) == [
        f"alternative {name} {language}"
        for name in ("sizes", "map")
        for language in ("fr", "en")
    ]
    assert len(set(re.findall(r'src="(data:image/png;base64,[^"]*)"', page))) == 2


def test_all_are_on_the_page_up_to_the_limit() -> None:
    enterprises = [make_enterprise(f"E{n}", "a") for n in range(30)]
    assert (
        len(clients_of(enterprises, segment_keys=["a"], limit=30)["enterprises"]) == 30
    )


def test_beyond_the_limit_segments_are_in_proportion_and_small_ones_not_lost() -> None:
    sizes = {"large": 800, "middle": 200, "small": 30, "tiny": 3}
    enterprises = [
        make_enterprise(f"{key}{number:03}", key)
        for key, size in sizes.items()
        for number in range(size)
    ]
    keys = list(sizes)
    rows = rows_of(clients_of(enterprises, segment_keys=keys, limit=200))
    shown = Counter(keys[row["segment"]] for row in rows)
    assert sum(shown.values()) == 200
    assert shown["tiny"] == 3
    assert shown["small"] == LEAST_PER_SEGMENT
    # What is left falls to the others by their size.
    assert shown["large"] / shown["middle"] == pytest.approx(4, rel=0.05)


def test_of_a_segment_the_highest_scores_are_shown_then_the_first_names() -> None:
    enterprises = [
        make_enterprise("E1", "a", enterprise_name="A"),
        make_enterprise(
            "E2", "a", enterprise_name="Z", engagement_score=50, engagement_level="low"
        ),
        make_enterprise(
            "E3", "a", enterprise_name="B", engagement_score=50, engagement_level="low"
        ),
        make_enterprise(
            "E4", "a", enterprise_name="M", engagement_score=90, engagement_level="high"
        ),
        make_enterprise("E0", "a", enterprise_name="A"),
    ]
    for limit, expected in ((2, {"E4", "E3"}), (4, {"E4", "E3", "E2", "E0"})):
        rows = rows_of(clients_of(enterprises, segment_keys=["a"], limit=limit))
        assert {row["id"] for row in rows} == expected


def test_a_page_beyond_the_limit_says_how_many_there_are(
    tmp_path: Path, agency: dict[str, list[dict[str, Any]]]
) -> None:
    page = page_of(tmp_path, agency, enterprise_limit=2)
    assert "2 clients sur 3 sont montrés ici" in page
    assert "2 of 3 clients are shown here" in page
    assert len(data_of(page)["enterprises"]) == 2
    assert "3 clients in 2 segments" in page


def test_recommendations_are_listed_once_the_target_platform_first() -> None:
    def given(id_: str, recommendation: str, platform: str, rank: int = 1) -> dict:
        return {
            "enterprise_id": id_,
            "recommendation_id": recommendation,
            "platform": platform,
            "action_fr": recommendation,
            "action_en": recommendation,
            "matched_on": "segment",
            "recommendation_rank": rank,
        }

    clients = clients_of(
        [
            make_enterprise("E1", "a", target_platform="X (Twitter)"),
            make_enterprise("E2", "a", target_platform="X (Twitter)"),
            make_enterprise("E3", "a", target_platform="Facebook"),
            make_enterprise("E4", "a"),
        ],
        segment_keys=["a"],
        platforms=[
            {"platform": "facebook", "platform_name": "Facebook"},
            {"platform": "x", "platform_name": "X (Twitter)"},
        ],
        enterprise_recommendations=[
            given(id_, *recommendation)
            for id_ in ("E1", "E2", "E3")
            for recommendation in (
                ("general", "any"),
                ("second", "facebook", 2),
                ("first", "facebook", 1),
                ("post", "x"),
            )
        ],
    )
    assert len(clients["recommendations"]) == 4
    assert len(clients["recommendation_lists"]) == 3
    actions = {
        row["id"]: [
            clients["recommendations"][position]["action"]["en"]
            for position in clients["recommendation_lists"][row["recommendations"]]
        ]
        for row in rows_of(clients)
    }
    assert actions == {
        "E1": ["post", "first", "second", "general"],
        "E2": ["post", "first", "second", "general"],
        "E3": ["first", "second", "post", "general"],
        "E4": [],
    }


def test_what_is_unknown_stays_unknown() -> None:
    clients = clients_of([make_enterprise("E1", "a")], segment_keys=["a"])
    (row,) = rows_of(clients)
    for column in ("name", "city", "sector", "score", "target", "followers"):
        assert row[column] is None
    assert clients["levels"][row["level"]]["key"] == "unknown"
