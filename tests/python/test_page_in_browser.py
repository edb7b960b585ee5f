"""The page for account managers as people use it: from a file, in a real browser."""

import csv
import math
import re
import unicodedata
from io import StringIO
from pathlib import Path
from typing import Any

import duckdb
import pytest
from axe_playwright_python.sync_playwright import Axe
from page_data import (
    make_chart,
    make_enterprise,
    make_recommendation,
    make_segment,
    make_tables,
)
from playwright.sync_api import Page, expect
from segmentation.reporting.page import write_page
from segmentation.reporting.page.writing import read_texts

SPITEFUL = "</script><img src=x onerror=alert(1)>\"'&"
STILL = {"viewport": {"width": 1366, "height": 900}, "reduced_motion": "reduce"}
Client = dict[str, Any]


SEGMENTS = {
    "low_visibility": ("Visibilité à construire", "Low visibility", 243),
    "moderate_presence": ("Présence modérée", "Moderate presence", 150),
    "balanced_active": ("Présence équilibrée", "Balanced presence", 25),
    "facebook_leaders": ("Leaders Facebook", "Facebook leaders", 3),
}
CLIENT_TEXTS = ("enterprise_name", "city_name", "category_name", "target_platform")
NAMES = ("L'Échappée du Port", "L'Œil de Nacre", *["Garage de l'Étoile"] * 30)
CHARTS = sorted((Path(__file__).parents[2] / "assets/charts").glob("*.png"))


def write(
    path: Path,
    tables: dict[str, list[Client]],
    *,
    language: str = "fr",
    segmentations: dict[str, Any] | None = None,
) -> Path:
    with duckdb.connect() as connection:
        make_tables(connection, tables, segmentations=segmentations)
        write_page(connection, path, language=language)
    return path


@pytest.fixture(scope="module")
def clients():
    """Make clients of four segments; of some, one thing or another is unknown."""
    keys = [key for key, (*_, size) in SEGMENTS.items() for _ in range(size)]
    return [
        make_enterprise(
            f"E{n:04}",
            key,
            enterprise_name=f"{NAMES[n % len(NAMES)]} {n}",
            city_name=("Nantes", "Angers", "Cholet", None)[n // 3 % 4],
            category_name=("Sport", "Librairie", "Optique")[n // 5 % 3],
            segment_name_fr=SEGMENTS[key][0],
            followers_total=None if n % 50 == 7 else n * 13 % 997,
            engagement_score=None if n % 50 == 7 else n * 7 % 101,
            engagement_level="unknown" if n % 50 == 7 else ("low", "high")[n % 2],
            target_platform="Instagram",
            explanation_fr=f"Plus proche, {n} fois.",
            explanation_en=f"Nearer, {n} times.",
        )
        for n, key in enumerate(keys)
    ]


@pytest.fixture(scope="module")
def written(tmp_path_factory, clients):
    actions = {"action_fr": "Animez une page.", "action_en": "Run a first TikTok page."}
    tables = {
        "segment_overview": [
            make_segment(
                key,
                segment_name_fr=french,
                segment_name_en=english,
                display_order=order,
                cluster_id=order,
            )
            for order, (key, (french, english, _)) in enumerate(SEGMENTS.items())
        ],
        "enterprise_segments": clients,
        "enterprise_recommendations": [
            make_recommendation(c["enterprise_id"], "first_page", "tiktok", **actions)
            for c in clients
        ],
        "cities": [{"city_name": "Nantes", "latitude": 47.22, "longitude": -1.55}],
        "chart_drawings": [
            make_chart(chart.stem, language, png=chart.read_bytes())
            for chart in CHARTS
            for language in ("fr", "en")
        ],
    }
    return write(tmp_path_factory.mktemp("page") / "segments.html", tables)


@pytest.fixture
def visit(browser, written):
    """Open pages; at the end, none may have complained, asked or reached out."""
    complaints: list[str] = []
    requests: list[str] = []
    own = ["data:"]
    contexts = []

    def open_page(*, file: Path = written, fragment: str = "", **options: Any) -> Page:
        context = browser.new_context(**STILL | options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(5_000)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(dialog.message))
        page.on("request", lambda request: requests.append(request.url))
        own.append(file.as_uri())
        page.goto(file.as_uri() + fragment)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
    assert all(url.startswith(tuple(own)) for url in requests)


def shown_names(page: Page) -> list[str]:
    """Give the names in the table, all of them."""
    while page.locator("#show-more").is_visible():
        page.locator("#show-more").click()
    return page.locator(".opener").all_text_contents()


def names_of(clients: list[Client], **values: Any) -> list[str]:
    having = [c for c in clients if all(c[name] == v for name, v in values.items())]
    return sorted(client["enterprise_name"] for client in having)


def shown_count(page: Page) -> str:
    return page.locator("#match-count").inner_text()


def choose(page: Page, select: str, label: str) -> None:
    """Choose the option that starts with a label and its count."""
    options = page.locator(f"#{select} option").all_text_contents()
    (option,) = (o for o in options if re.fullmatch(rf"{re.escape(label)} \(.*\)", o))
    page.locator(f"#{select}").select_option(label=option)


def plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.lower().replace("œ", "oe"))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


@pytest.mark.parametrize(
    ("select", "column", "label_column"),
    [
        ("city", "city_name", "city_name"),
        ("sector", "category_name", "category_name"),
        ("segment", "segment_key", "segment_name_fr"),
        ("level", "engagement_level", "engagement_level_fr"),
    ],
)
def test_a_filter_shows_exactly_the_clients_that_have_its_value(
    visit, clients, select, column, label_column
):
    page = visit()
    chosen = next(client for client in clients if client[column] is not None)
    choose(page, select, chosen[label_column])
    expected = names_of(clients, **{column: chosen[column]})
    assert 0 < len(expected) < len(clients)
    plural = "s" if len(expected) > 1 else ""
    assert shown_count(page) == f"{len(expected)} client{plural} sur {len(clients)}"
    assert sorted(shown_names(page)) == expected


def test_options_count_what_the_other_filters_leave(visit, clients):
    page = visit(fragment="#segment=moderate_presence")
    for label, city in (("Nantes", "Nantes"), ("Ville inconnue", None)):
        expected = names_of(clients, segment_key="moderate_presence", city_name=city)
        assert f"{label} ({len(expected)})" in page.locator("#city").inner_text()
        choose(page, "city", label)
        assert sorted(shown_names(page)) == expected


def test_search_in_all_columns_minds_neither_accents_nor_case_nor_ligatures(
    visit, clients
):
    page = visit()
    for typed in ("echappee", "ÉCHAPPÉE  port", "oeil", "L\u2019Œil"):
        page.locator("#search").fill(typed)
        words = plain(typed).replace("\u2019", "'").split()
        names = names_of(clients)
        expected = [n for n in names if all(word in plain(n) for word in words)]
        assert 0 < len(expected) < 20
        assert sorted(shown_names(page)) == expected
    one = next(c for c in clients if c["city_name"] == "Angers")
    in_columns = {n: one[n] for n in ("segment_key", "city_name", "category_name")}
    words = f"visibilite {one['category_name'].upper()} angers"
    for typed, values in (
        (one["enterprise_id"].lower(), {"enterprise_id": one["enterprise_id"]}),
        (words, in_columns),
    ):
        page.locator("#search").fill(typed)
        expected = names_of(clients, **values)
        assert expected
        assert sorted(shown_names(page)) == expected


def test_nothing_found_is_said_and_reset_shows_all_again(visit, clients):
    page = visit()
    choose(page, "city", "Nantes")
    page.locator("#search").fill("zzz")
    assert page.locator("#no-result").is_visible()
    assert page.locator("#client-table").is_hidden()
    page.locator("[type=reset]").click()
    assert page.locator("#search").input_value() == ""
    assert shown_count(page) == f"{len(clients)} clients sur {len(clients)}"
    assert "=" not in page.evaluate("location.hash")


def test_a_column_orders_the_table_and_says_so(visit, clients):
    page = visit()
    header = page.locator("[data-sort=followers]")
    totals = [client["followers_total"] for client in clients]
    known = sorted(total for total in totals if total is not None)
    for direction, first in (("descending", known[-1]), ("ascending", known[0])):
        header.locator("button").click()
        assert header.get_attribute("aria-sort") == direction
        cell = page.locator(".clients td.number").first.inner_text()
        assert int(re.sub(r"\D", "", cell)) == first
    assert page.locator("[aria-sort]").count() == 1
    shown_names(page)
    assert page.locator(".clients td.number").last.inner_text() == "inconnu"


def test_priority_growth_and_since_are_ordered_by_where_they_are_known(visit, tmp_path):
    conditions = "segment, account on facebook | tiktok, followers from 500, growing"
    values = {
        "E1": {"priority_score": 20, "follower_growth_per_30_days": -3.5},
        "E2": {"priority_score": 70, "segment_since": "2026-03-01"},
        "E3": {"priority_score": 50, "follower_growth_per_30_days": 12.25}
        | {"segment_since": "2025-03-01", "previous_segment_key": "b"}
        | {
            "follower_growth_share_per_30_days": 0.5,
            "priority_reason_fr": "Parce que.",
        },
    }
    tables = {
        "segment_overview": [make_segment("a"), make_segment("b", display_order=1)],
        "enterprise_segments": [
            make_enterprise(id_, "a", enterprise_name=id_, **given)
            for id_, given in values.items()
        ],
        "enterprise_recommendations": [
            make_recommendation("E3", "post", "facebook", matched_on=conditions)
        ],
    }
    page = visit(file=write(tmp_path / "segments.html", tables))
    # Those to turn to first come first, until one asks otherwise.
    assert shown_names(page) == ["E2", "E3", "E1"]
    assert "sort" not in page.evaluate("location.hash")
    for column, expected in (
        ("growth", ["E3", "E1", "E2"]),
        ("segment_since", ["E2", "E3", "E1"]),
        ("priority", ["E2", "E3", "E1"]),
    ):
        page.locator(f"[data-sort={column}] button").click()
        assert shown_names(page) == expected
    page.locator(".opener", has_text="E3").click()
    row = page.locator(".client", has_text="E3").inner_text()
    assert re.search(r"1 mars 2025.*\+12\s+\(\+50.%\)\s+50", row, re.DOTALL)
    sheet = page.locator(".sheet").inner_text()
    assert "Parce que." in sheet
    assert "b en français" in sheet
    why = "(présent sur Facebook et TikTok, 500 abonnés ou plus, gagne des abonnés)"
    assert why in sheet


def test_axe_finds_nothing_wrong(visit):
    for width, fragment in ((1366, "#segment=low_visibility"), (360, "#lang=en")):
        page = visit(
            viewport={"width": width, "height": 740},
            fragment=fragment,
            bypass_csp=True,
        )
        page.locator(".opener").first.click()
        page.locator("summary").first.click()
        found = Axe().run(page).response["violations"]
        assert [(v["id"], v["nodes"][0]["html"]) for v in found] == []


def test_the_switch_puts_every_visible_text_into_the_other_language(visit, clients):
    page = visit()
    client = next(c for c in clients if c["segment_key"] == "balanced_active")
    page.locator("#search").fill(client["enterprise_name"])
    page.locator(".opener", has_text=client["enterprise_name"]).first.click()

    def lines() -> set[str]:
        text = page.locator("body").inner_text() + "\n"
        labels = page.locator("[data-label]").evaluate_all(
            "cells => cells.map((cell) => cell.dataset.label)"
        )
        options = page.locator("option").all_text_contents()
        return {
            re.sub(r" \(.*\)$", "", line).strip(" ↑↓")
            for line in [*text.splitlines(), *labels, *options]
        }

    def said(language: str, other: str) -> set[str]:
        """Give the plain texts that are this language's only."""
        texts = [text for text in read_texts().values() if isinstance(text["fr"], str)]
        return {t[language] for t in texts} - {t[other] for t in texts}

    french, english = said("fr", "en"), said("en", "fr")
    assert page.locator("html").get_attribute("lang") == "fr"
    before = lines()
    assert not before & english
    assert len(before & french) > 20
    assert {client["explanation_fr"], "Animez une page."} <= before
    page.locator("[data-language=en]").click()
    after = lines()
    assert not after & french
    assert len(after & english) > 20
    assert {client["explanation_en"], "Run a first TikTok page."} <= after
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.title() == "Client segmentation"
    images = {
        language: page.locator(f"figure[lang={language}] img").all()
        for language in ("fr", "en")
    }
    for language, shown in images.items():
        assert {image.is_visible() for image in shown} == {language == "en"}
        assert all(image.get_attribute("alt") for image in shown)
        decoded = "(image) => image.decode().then(() => image.naturalWidth)"
        assert all(image.evaluate(decoded) for image in shown)


def test_the_address_keeps_the_view(visit):
    page = visit()
    choose(page, "city", "Angers")
    choose(page, "segment", "Visibilité à construire")
    page.locator("#search").fill("É")
    page.locator("[data-sort=audience] button").click()
    page.locator("[data-language=en]").click()
    names = shown_names(page)
    assert names
    again = visit(fragment=page.evaluate("location.hash"))
    assert shown_names(again) == names
    assert again.locator("html").get_attribute("lang") == "en"
    assert again.locator("#search").input_value() == "É"
    header = again.locator("[data-sort=audience]")
    assert header.get_attribute("aria-sort") == "descending"


def test_an_address_that_makes_no_sense_shows_all(visit, clients):
    for fragment in (
        *("#city=Nowhere&sort=x&lang=xx&segment=", "#clients", "#%&=%"),
        "#sort=constructor&lang=constructor",
        # Options that filters have, but not these.
        "#segment=(missing)&level=(missing)&sector=(missing)",
    ):
        count = shown_count(visit(fragment=fragment))
        assert count == f"{len(clients)} clients sur {len(clients)}"


@pytest.mark.parametrize("language", ["fr", "en"])
def test_what_is_found_is_exported_as_the_readers_spreadsheet_opens_it(
    visit, tmp_path, language
):
    formulas = ["=1+1", "+33", "-2", "@x", " \uff1d1", "\u200b=1"]
    texts = ['Un; "deux", trois', "Éva"]
    tables = {
        "segment_overview": [make_segment("a")],
        "enterprise_segments": [
            make_enterprise(f"E{i}", "a", enterprise_name=name, city_name="Nantes",
                            turnover_eur=1234.5, explanation_fr="Pour\t\r\nquoi")
            for i, name in enumerate(formulas + texts)
        ] + [make_enterprise("E9", "a", city_name="Angers")],
    }  # fmt: skip
    page = visit(
        file=write(tmp_path / "segments.html", tables),
        fragment=f"#city=Nantes&lang={language}",
    )
    with page.expect_download() as download:
        page.locator("#export").click()
    content = download.value.path().read_bytes().decode("utf-8")
    assert download.value.suggested_filename == "clients.csv"
    assert content.startswith("\ufeff")
    separator, turnover = {"fr": (";", "1234,5"), "en": (",", "1234.5")}[language]
    lines = list(csv.DictReader(StringIO(content[1:]), delimiter=separator))
    key = {"fr": "Nom", "en": "Name"}[language]
    assert sorted(line[key] for line in lines) == sorted(
        [*(f"'{formula}" for formula in formulas), *texts]
    )
    label = read_texts()["turnover"][language]
    assert {line[label] for line in lines} == {turnover}
    why = {"fr": "Pour quoi", "en": ""}[language]
    assert {line[read_texts()["why"][language]] for line in lines} == {why}
    # Nobody has a growth here, so that there is no such column.
    assert read_texts()["growth_in_30_days"][language] not in lines[0]


def test_a_circle_of_the_map_filters_with_the_keyboard_too(visit, tmp_path):
    towns = {"Nantes": 5, "Rezé": 2, "Namur": 1, "Ailleurs": 3}
    tables = {
        "segment_overview": [make_segment("a", cluster_id=0)],
        "enterprise_segments": [
            make_enterprise(f"{town}{n}", "a", enterprise_name=f"{town} {n}",
                            city_name=town)
            for town, size in towns.items()
            for n in range(size)
        ] + [make_enterprise("E0", "a", enterprise_name="Nulle part")],
        "cities": [
            {"city_name": town, "latitude": latitude, "longitude": longitude}
            for town, latitude, longitude in (
                ("Nantes", 47.22, -1.55), ("Rezé", 47.22, -1.55), ("Namur", 50.5, 40),
            )
        ],
    }  # fmt: skip
    page = visit(file=write(tmp_path / "segments.html", tables))
    circles = page.locator("svg [data-city]")
    labels = circles.evaluate_all("all => all.map((one) => one.ariaLabel)")
    assert labels == ["Nantes (5)", "Rezé (2)"]
    # Circles of one place lie side by side.
    boxes = [circles.nth(i).locator("circle").bounding_box() for i in (0, 1)]
    centres = [(b["x"] + b["width"] / 2, b["y"] + b["height"] / 2) for b in boxes]
    assert math.dist(*centres) >= sum(box["width"] for box in boxes) / 2
    assert page.locator(".beside button").all_inner_texts() == [
        "Ailleurs (3)", "Namur (1)",
    ]  # fmt: skip
    for choose_it, town in (
        (circles.nth(1).locator("path").click, "Rezé"),
        (lambda: circles.nth(0).press("Enter"), "Nantes"),
        (page.locator(".beside button").first.click, "Ailleurs"),
    ):
        choose_it()
        assert shown_count(page).startswith(f"{towns[town]} clients")
        assert page.locator("#city").input_value() == town
        pressed = page.locator("[data-city][aria-pressed=true]")
        assert pressed.get_attribute("data-city") == town
    pressed.click()
    assert shown_count(page) == "12 clients sur 12"


def test_a_segments_card_leads_to_its_clients(visit, clients):
    page = visit(fragment="#city=Angers")
    card = page.locator("article", has_text="Leaders Facebook")
    card.get_by_role("button").click()
    assert sorted(shown_names(page)) == names_of(
        clients, segment_key="facebook_leaders"
    )
    assert page.evaluate("document.activeElement.id") == "clients-title"


def test_the_keyboard_alone_opens_and_closes_a_client(visit):
    page = visit()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.className") == "opener":
            break
    opener = page.locator(".opener").first
    details = page.locator(f"#{opener.get_attribute('aria-controls')}")
    style = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert style == "solid"
    page.keyboard.press("Enter")
    assert opener.get_attribute("aria-expanded") == "true"
    assert details.is_visible()
    page.keyboard.press("Space")
    assert opener.get_attribute("aria-expanded") == "false"
    assert details.is_hidden()


def test_a_phone_scrolls_down_only_even_with_words_without_a_space(visit, tmp_path):
    word = "W" * 60
    tables = {
        "segment_overview": [make_segment("a", segment_name_fr=word)],
        "enterprise_segments": [
            make_enterprise(word, "a", **dict.fromkeys(CLIENT_TEXTS, word))
        ],
    }
    long = {"file": write(tmp_path / "segments.html", tables)}
    for width, others in ((360, {}), (360, {"fragment": "#lang=en"}), (360, long),
                          (1366, long)):  # fmt: skip
        page = visit(viewport={"width": width, "height": 740}, **others)
        page.locator(".opener").first.click()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if others is not long:
            assert page.locator("#sorting").is_visible()
            # Charts are whole; enlarged they scroll, with the keyboard too.
            chart = page.locator(".wide:visible").first
            assert chart.bounding_box()["width"] <= width
            assert chart.get_attribute("tabindex") is None
            page.locator(".enlarge:visible").first.click()
            expect(chart).to_have_attribute("tabindex", "0")
            assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_hundred_are_shown_at_a_time_and_print_shows_all_and_no_controls(
    visit, clients
):
    page = visit(fragment="#segment=low_visibility")
    found = len(names_of(clients, segment_key="low_visibility"))
    openers = page.locator(".opener")
    assert found > openers.count() == 100
    openers.first.click()
    page.emulate_media(media="print")
    for hidden in (".filters", ".languages", "nav", "#actions", "#show-more"):
        assert page.locator(hidden).is_hidden()
    for visible in (".card", "figure:visible", ".sheet", "#filters-in-words"):
        assert page.locator(visible).first.is_visible()
    words = "Segment\u00a0: Visibilité à construire"
    assert page.locator("#filters-in-words").inner_text() == words
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert openers.count() == found
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert openers.count() == 100
    page.emulate_media(media="screen")
    page.locator("#show-more").click()
    assert openers.count() == 200
    # The keyboard goes on where the next hundred begin.
    assert openers.nth(100).evaluate("(opener) => opener === document.activeElement")


def test_without_script_cards_and_charts_are_shown_with_a_note(visit):
    page = visit(java_script_enabled=False)
    assert page.locator(".card").count() == 4
    assert page.locator("figure[lang=fr]").first.is_visible()
    assert page.get_by_text("qui est désactivé dans ce navigateur").is_visible()
    for hidden in (".filters", "#client-table", ".languages", ".card button"):
        assert page.locator(hidden).first.is_hidden()


def test_spiteful_names_are_shown_and_do_nothing(visit, tmp_path):
    texts = ("segment_name_fr", "segment_name_en", "segment_profile_fr")
    tables = {
        "segment_overview": [make_segment("a", **dict.fromkeys(texts, SPITEFUL))],
        "enterprise_segments": [
            make_enterprise(
                *(SPITEFUL, "a"),
                **dict.fromkeys((*CLIENT_TEXTS, "explanation_fr"), SPITEFUL),
            )
        ],
        "enterprise_recommendations": [
            make_recommendation(SPITEFUL, SPITEFUL, SPITEFUL, matched_on=SPITEFUL)
        ],
        "chart_drawings": [
            make_chart(
                *(SPITEFUL, "fr"),
                **dict.fromkeys(("title", "description", "alternative_text"), SPITEFUL),
            )
        ],
    }
    path = write(tmp_path / "segments.html", tables)
    page = visit(file=path)
    choose(page, "city", SPITEFUL)
    page.locator("#search").fill(SPITEFUL)
    assert shown_names(page) == [SPITEFUL]
    page.locator(".opener").click()
    assert page.locator(".sheet").get_by_text(SPITEFUL, exact=True).count() == 5
    assert page.locator("img").count() == 1
    again = visit(file=path, fragment=page.evaluate("location.hash"))
    assert shown_names(again) == [SPITEFUL]


def test_what_is_not_known_is_shown_as_such_and_nobody_as_nobody(visit, tmp_path):
    tables = {
        "segment_overview": [make_segment("a")],
        "enterprise_segments": [make_enterprise("E1", "a")],
    }
    page = visit(file=write(tmp_path / "segments.html", tables, language="en"))
    assert shown_names(page) == ["No name (E1)"]
    cells = page.locator(".client td[data-label]").all_inner_texts()
    assert cells == [
        *("Unknown city", "Unknown sector", "a in English", "unknown", "unknown"),
    ]
    page.locator(".opener").click()
    assert "No explanation is available." in page.locator(".sheet").inner_text()
    assert shown_count(page) == "1 client of 1"
    nobody = visit(file=write(tmp_path / "empty.html", {}))
    assert shown_count(nobody) == "0 client sur 0"
    assert nobody.locator("#no-result").is_visible()


def test_each_segmentation_is_a_tab_that_keyboard_address_and_print_know(
    visit, tmp_path
):
    bought = {"segmentation": "purchases", "cluster_id": 0, "member_count": 3}
    tables = {
        "segment_overview": [make_segment("a"), make_segment("loyal", **bought)],
        "enterprise_segments": [make_enterprise("E1", "a", enterprise_name="Un")],
        "account_segments": [
            {"account_id": id_, "enterprise_name": name, "segment_key": "loyal"}
            | {"total_sales_eur": sales, "last_sold_on": "2026-01-31"}
            | {"top_products": f"Logo {id_}", "rfm_segment_key": "new"}
            for id_, name, sales in (
                ("A1", "Éva", 5),
                ("A2", None, 9),
                ("A3", "Bob", 1),
            )
        ],
    }
    purchases = {"purchases": {"members": "account_segments", "key": "account_id"}}
    purchases["purchases"] |= {"measures": [], "dimensions": []}
    file = write(tmp_path / "segments.html", tables, segmentations=purchases)
    page = visit(file=file, viewport={"width": 360, "height": 740})
    tabs, accounts = page.get_by_role("tab"), page.locator("#accounts .opener")
    assert accounts.first.is_hidden()
    tabs.first.focus()
    page.keyboard.press("ArrowRight")
    assert tabs.last.get_attribute("aria-selected") == "true"
    assert page.locator("#clients").is_hidden()
    assert accounts.all_text_contents() == ["A2", "Bob", "Éva"]
    page.locator("#account_search").fill("eva a1")
    accounts.first.click()
    assert page.locator("#accounts .sheet").get_by_text("Logo A1").is_visible()
    page.locator("[data-language=en]").click()
    assert page.locator("#account_match-count").inner_text() == "1 account of 3"
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    again = visit(file=file, fragment=page.evaluate("location.hash"))
    assert again.locator("#accounts .opener").all_text_contents() == ["Éva"]
    again.emulate_media(media="print")
    # Printed is the tab that is shown, with its name.
    for shown in ("#accounts", ".tab-title:visible"):
        assert again.locator(shown).is_visible()
    for hidden in ("#clients", "[role=tablist]"):
        assert again.locator(hidden).is_hidden()
    unscripted = visit(file=file, java_script_enabled=False)
    for shown in ("#segments", "#purchases-segments"):
        assert unscripted.locator(shown).is_visible()
