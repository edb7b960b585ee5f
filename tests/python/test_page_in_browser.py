"""The page for account managers as people use it: from a file, in a real browser."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from dbt_project import DbtProject
from page_data import make_enterprise, make_image, make_segment, make_tables
from playwright.sync_api import Browser, Page
from segmentation.reporting.page import write_page
from segmentation.reporting.page.wording import read_texts

SPITEFUL = "</script><img src=x onerror=alert(1)>\"'&"
STILL = {"viewport": {"width": 1366, "height": 900}, "reduced_motion": "reduce"}
PHONE = {"width": 360, "height": 740}
Client = dict[str, Any]


@pytest.fixture
def written(built: DbtProject) -> tuple[Path, list[Client]]:
    """Provide the published page, and the clients that it is about."""
    with duckdb.connect(str(built.published), read_only=True) as connection:
        rows = connection.sql("select * from clustered_enterprises")
        clients = [dict(zip(rows.columns, row, strict=True)) for row in rows.fetchall()]
    return built.published.parent / "segments.html", clients


@pytest.fixture
def clients(written: tuple[Path, list[Client]]) -> list[Client]:
    return written[1]


@pytest.fixture
def visit(
    browser: Browser, written: tuple[Path, list[Client]]
) -> Iterator[Callable[..., Page]]:
    """Open pages; at the end, none may have complained, asked or reached out."""
    complaints: list[str] = []
    contexts = []

    def open_page(
        *, file: Path = written[0], fragment: str = "", **options: Any
    ) -> Page:
        context = browser.new_context(**STILL | options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(5_000)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(dialog.message))
        page.on(
            "request",
            lambda request: (
                None
                if request.url.startswith(("data:", file.as_uri()))
                else complaints.append(request.url)
            ),
        )
        page.goto(file.as_uri() + fragment)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def shown_names(page: Page) -> list[str]:
    """Give the names in the table, all of them."""
    while page.locator("#show-more").is_visible():
        page.locator("#show-more").click()
    return page.locator(".opener").all_text_contents()


def names_of(clients: list[Client], **values: Any) -> list[str]:
    return sorted(
        client["enterprise_name"]
        for client in clients
        if all(client[column] == value for column, value in values.items())
    )


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
    visit: Callable[..., Page],
    clients: list[Client],
    select: str,
    column: str,
    label_column: str,
) -> None:
    page = visit()
    chosen = next(client for client in clients if client[column] is not None)
    choose(page, select, chosen[label_column])
    expected = names_of(clients, **{column: chosen[column]})
    assert 0 < len(expected) < len(clients)
    plural = "s" if len(expected) > 1 else ""
    announced = page.locator("#match-count").inner_text()
    assert announced == f"{len(expected)} client{plural} sur {len(clients)}"
    assert sorted(shown_names(page)) == expected


def test_options_count_what_the_other_filters_leave(
    visit: Callable[..., Page], clients: list[Client]
) -> None:
    page = visit(fragment="#segment=moderate_presence")
    expected = names_of(clients, segment_key="moderate_presence", city_name="Nantes")
    assert f"Nantes ({len(expected)})" in page.locator("#city").inner_text()
    choose(page, "city", "Nantes")
    assert sorted(shown_names(page)) == expected


def test_clients_without_a_city_can_be_found(
    visit: Callable[..., Page], clients: list[Client]
) -> None:
    page = visit()
    choose(page, "city", "Ville inconnue")
    assert sorted(shown_names(page)) == names_of(clients, city_name=None)


@pytest.mark.parametrize("typed", ["echappee", "ÉCHAPPÉE  port", "oeil", "L\u2019Œil"])
def test_search_by_name_minds_neither_accents_nor_case_nor_ligatures(
    visit: Callable[..., Page], clients: list[Client], typed: str
) -> None:
    page = visit()
    page.locator("#search").fill(typed)
    words = plain(typed).replace("\u2019", "'").split()
    expected = sorted(
        client["enterprise_name"]
        for client in clients
        if all(word in plain(client["enterprise_name"]) for word in words)
    )
    assert 0 < len(expected) < 20
    assert sorted(shown_names(page)) == expected


def test_nothing_found_is_said_and_reset_shows_all_again(
    visit: Callable[..., Page], clients: list[Client]
) -> None:
    page = visit()
    choose(page, "city", "Nantes")
    page.locator("#search").fill("zzz")
    assert page.locator("#no-result").is_visible()
    assert page.locator("#client-table").is_hidden()
    page.locator("[type=reset]").click()
    assert page.locator("#search").input_value() == ""
    count = f"{len(clients)} clients sur {len(clients)}"
    assert page.locator("#match-count").inner_text() == count
    assert "=" not in page.evaluate("location.hash")


def test_a_column_orders_the_table_and_says_so(
    visit: Callable[..., Page], clients: list[Client]
) -> None:
    page = visit()
    header = page.locator("[data-sort=followers]")
    totals = [client["followers_total"] for client in clients]
    known = sorted(total for total in totals if total is not None)
    for direction, first in (("descending", known[-1]), ("ascending", known[0])):
        header.locator("button").click()
        assert header.get_attribute("aria-sort") == direction
        cell = page.locator(".clients .number").first.inner_text()
        assert int(re.sub(r"\D", "", cell)) == first
    assert page.locator("[aria-sort]").count() == 1
    shown_names(page)
    assert page.locator(".clients .number").last.inner_text() == "inconnu"


def test_a_client_opens_with_explanation_and_recommendations_in_either_language(
    visit: Callable[..., Page], clients: list[Client]
) -> None:
    page = visit()
    client = next(c for c in clients if c["segment_key"] == "balanced_active")
    page.locator("#search").fill(client["enterprise_name"])
    opener = page.locator(".opener", has_text=client["enterprise_name"]).first
    opener.click()
    sheet = page.locator(".sheet").first
    assert client["explanation_fr"] in sheet.text_content()
    assert "Animez" in sheet.text_content()
    page.locator("[data-language=en]").click()
    assert client["explanation_en"] in sheet.text_content()
    assert "Run a first TikTok page" in sheet.text_content()


def test_the_switch_puts_every_visible_text_into_the_other_language(
    visit: Callable[..., Page],
) -> None:
    page = visit()
    page.locator(".opener").first.click()
    page.locator("#search").fill("a")

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
    page.locator("[data-language=en]").click()
    after = lines()
    assert not after & french
    assert len(after & english) > 20
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.title() == "Client segmentation"
    for language, is_visible in (("fr", False), ("en", True)):
        images = page.locator(f"figure[lang={language}] img").all()
        assert images
        assert {image.is_visible() for image in images} == {is_visible}
        assert all(image.get_attribute("alt") for image in images)


def test_every_chart_is_an_image_that_loads(visit: Callable[..., Page]) -> None:
    page = visit()
    widths = page.locator("img").evaluate_all(
        "images => Promise.all(images.map("
        "(image) => image.decode().then(() => image.naturalWidth)))"
    )
    assert widths
    assert min(widths) > 0


def test_the_address_keeps_the_view(visit: Callable[..., Page]) -> None:
    page = visit()
    choose(page, "city", "Angers")
    choose(page, "segment", "Visibilité à construire")
    page.locator("#search").fill("É")
    page.locator("[data-sort=engagement] button").click()
    page.locator("[data-language=en]").click()
    names = shown_names(page)
    assert names
    again = visit(fragment=page.evaluate("location.hash"))
    assert shown_names(again) == names
    assert again.locator("html").get_attribute("lang") == "en"
    assert again.locator("#search").input_value() == "É"
    header = again.locator("[data-sort=engagement]")
    assert header.get_attribute("aria-sort") == "descending"


@pytest.mark.parametrize(
    "fragment",
    [
        "#city=Nowhere&sort=x&lang=xx&segment=",
        "#clients",
        "#%&=%",
        "#sort=constructor&lang=constructor",
        # Options that filters have, but not these.
        "#segment=(missing)&level=(missing)&sector=(rare)",
    ],
)
def test_an_address_that_makes_no_sense_shows_all(
    visit: Callable[..., Page], clients: list[Client], fragment: str
) -> None:
    page = visit(fragment=fragment)
    count = f"{len(clients)} clients sur {len(clients)}"
    assert page.locator("#match-count").inner_text() == count


def test_a_segments_card_leads_to_its_clients(
    visit: Callable[..., Page], clients: list[Client]
) -> None:
    page = visit(fragment="#city=Angers")
    card = page.locator("article", has_text="Leaders Facebook")
    card.get_by_role("button").click()
    assert sorted(shown_names(page)) == names_of(
        clients, segment_key="facebook_leaders"
    )
    assert page.evaluate("document.activeElement.id") == "clients-title"


def test_the_keyboard_alone_opens_and_closes_a_client(
    visit: Callable[..., Page],
) -> None:
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
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == (
        "solid"
    )
    page.keyboard.press("Enter")
    assert opener.get_attribute("aria-expanded") == "true"
    assert details.is_visible()
    page.keyboard.press("Space")
    assert opener.get_attribute("aria-expanded") == "false"
    assert details.is_hidden()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_phone_scrolls_down_only(visit: Callable[..., Page], language: str) -> None:
    page = visit(viewport=PHONE, fragment=f"#lang={language}")
    page.locator(".opener").first.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert page.locator("#sorting").is_visible()
    # Tables and charts that are wider scroll by themselves, with the keyboard too.
    assert page.locator(".wide:visible").first.get_attribute("tabindex") == "0"


def test_words_without_a_space_do_not_widen_the_page(
    visit: Callable[..., Page], tmp_path: Path
) -> None:
    word = "W" * 60
    path = tmp_path / "segments.html"
    with duckdb.connect() as connection:
        relations = make_tables(
            connection,
            {
                "int_segments_described": [make_segment("a", segment_name_fr=word)],
                "clustered_enterprises": [
                    make_enterprise(
                        word,
                        "a",
                        enterprise_name=word,
                        city_name=word,
                        category_name=word,
                        target_platform=word,
                    )
                ],
            },
        )
        write_page(connection, path, relations=relations, language="fr")
    for width in (PHONE["width"], 1366):
        page = visit(file=path, viewport=PHONE | {"width": width})
        page.locator(".opener").click()
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_charts_are_printed_large_enough_to_read(visit: Callable[..., Page]) -> None:
    # The width that margins leave of A4.
    page = visit(viewport={"width": 688, "height": 1_000})
    page.emulate_media(media="print")
    charts = page.locator("figure:visible img").all()
    assert len(charts) > 5
    # The smallest letters have 8.5 points on a sheet of 768 dots of CSS.
    assert min(chart.bounding_box()["width"] for chart in charts) >= 0.7 * 768
    assert max(chart.bounding_box()["height"] for chart in charts) < 800


def test_print_shows_all_that_was_found_and_no_controls(
    visit: Callable[..., Page], clients: list[Client]
) -> None:
    page = visit(fragment="#segment=low_visibility")
    found = len(names_of(clients, segment_key="low_visibility"))
    assert found > page.locator(".opener").count() == 100
    page.locator(".opener").first.click()
    page.emulate_media(media="print")
    for hidden in (".filters", ".languages", "nav", "#opening", "#show-more"):
        assert page.locator(hidden).is_hidden()
    for visible in (".card", "figure:visible", ".sheet", "#filters-in-words"):
        assert page.locator(visible).first.is_visible()
    words = "Segment\u00a0: Visibilité à construire"
    assert page.locator("#filters-in-words").inner_text() == words
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".opener").count() == found
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator(".opener").count() == 100


def test_a_print_of_fewer_clients_has_fewer_pages(visit: Callable[..., Page]) -> None:
    page = visit()
    printed = page.pdf(prefer_css_page_size=True)
    assert printed.startswith(b"%PDF")
    choose(page, "segment", "Leaders Facebook")
    shorter = page.pdf(prefer_css_page_size=True)
    pages = [len(re.findall(rb"/Type /Page\b", pdf)) for pdf in (printed, shorter)]
    # The hundred on the screen alone would take seven pages at most.
    assert pages[0] - pages[1] > 10


def test_without_script_cards_and_charts_are_shown_with_a_note(
    visit: Callable[..., Page],
) -> None:
    page = visit(java_script_enabled=False)
    assert page.locator(".card").count() == 4
    assert page.locator("figure[lang=fr]").first.is_visible()
    assert page.get_by_text("qui est désactivé dans ce navigateur").is_visible()
    for hidden in (".filters", "#client-table", ".languages", ".card button"):
        assert page.locator(hidden).first.is_hidden()


def test_spiteful_names_are_shown_and_do_nothing(
    visit: Callable[..., Page], tmp_path: Path
) -> None:
    texts = ("segment_name_fr", "segment_name_en", "segment_profile_fr")
    path = tmp_path / "segments.html"
    with duckdb.connect() as connection:
        relations = make_tables(
            connection,
            {
                "int_segments_described": [
                    make_segment("a", **dict.fromkeys(texts, SPITEFUL))
                ],
                "clustered_enterprises": [
                    make_enterprise(
                        SPITEFUL,
                        "a",
                        enterprise_name=SPITEFUL,
                        city_name=SPITEFUL,
                        category_name=SPITEFUL,
                        target_platform=SPITEFUL,
                        explanation_fr=SPITEFUL,
                    )
                ],
                "enterprise_recommendations": [
                    {
                        "enterprise_id": SPITEFUL,
                        "recommendation_id": "r",
                        "platform": SPITEFUL,
                        "action_fr": SPITEFUL,
                        "matched_on": SPITEFUL,
                    }
                ],
                "chart_drawings": [
                    {
                        "chart_name": SPITEFUL,
                        "language": "fr",
                        "title": SPITEFUL,
                        "description": SPITEFUL,
                        "alternative_text": SPITEFUL,
                        "png": make_image(red=1),
                    }
                ],
            },
        )
        write_page(connection, path, relations=relations, language="fr")
    page = visit(file=path)
    choose(page, "city", SPITEFUL)
    page.locator("#search").fill(SPITEFUL)
    assert shown_names(page) == [SPITEFUL]
    page.locator(".opener").click()
    assert page.locator(".sheet").get_by_text(SPITEFUL, exact=True).count() == 4
    assert page.locator("img").count() == 1
    again = visit(file=path, fragment=page.evaluate("location.hash"))
    assert shown_names(again) == [SPITEFUL]


def test_a_client_of_which_nothing_is_known_is_shown_as_such(
    visit: Callable[..., Page], tmp_path: Path
) -> None:
    path = tmp_path / "segments.html"
    with duckdb.connect() as connection:
        relations = make_tables(
            connection,
            {
                "int_segments_described": [make_segment("a")],
                "clustered_enterprises": [make_enterprise("E1", "a")],
            },
        )
        write_page(connection, path, relations=relations, language="en")
    page = visit(file=path)
    assert shown_names(page) == ["No name (E1)"]
    cells = page.locator(".client td[data-label]").all_inner_texts()
    assert cells == [
        "Unknown city",
        "Unknown sector",
        "a in English",
        "unknown",
        "none",
        "unknown",
    ]
    page.locator(".opener").click()
    assert "No explanation is available." in page.locator(".sheet").inner_text()
    assert page.locator("#match-count").inner_text() == "1 client of 1"


def test_a_page_without_clients_does_not_fail(
    visit: Callable[..., Page], tmp_path: Path
) -> None:
    path = tmp_path / "segments.html"
    with duckdb.connect() as connection:
        relations = make_tables(connection, {})
        write_page(connection, path, relations=relations, language="fr")
    page = visit(file=path)
    assert page.locator("#match-count").inner_text() == "0 client sur 0"
    assert page.locator("#no-result").is_visible()


def test_more_than_a_hundred_clients_come_in_steps(
    visit: Callable[..., Page], clients: list[Client]
) -> None:
    page = visit()
    assert page.locator(".opener").count() == 100
    page.locator("#show-more").click()
    assert page.locator(".opener").count() == 200
    focused = page.evaluate(
        "[...document.querySelectorAll('.opener')].indexOf(document.activeElement)"
    )
    assert focused == 100
    assert len(shown_names(page)) == len(clients)


def test_rare_cities_share_an_option_and_keep_their_own_address(
    visit: Callable[..., Page], tmp_path: Path
) -> None:
    path = tmp_path / "segments.html"
    with duckdb.connect() as connection:
        relations = make_tables(
            connection,
            {
                "int_segments_described": [make_segment("a")],
                "clustered_enterprises": [
                    make_enterprise(f"E{n:03}", "a", city_name=f"City {n:03}")
                    for n in range(304)
                ],
            },
        )
        write_page(connection, path, relations=relations, language="en")
    page = visit(file=path)
    assert page.locator("#city option").count() == 302
    choose(page, "city", "Other cities")
    rare = [f"No name (E{n})" for n in range(300, 304)]
    assert shown_names(page) == rare
    again = visit(file=path, fragment="#city=City+302")
    assert shown_names(again) == rare[2:3]
    assert "City 302 (1)" in again.locator("#city").inner_text()
