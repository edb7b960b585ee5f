"""The documentation page: what it says, and that a browser shows it."""

import json
import shutil
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
import write_docs_page
from colour_vision import contrast_with_white, smallest_difference
from conftest import CHECKOUT
from dbt_project import DbtProject
from docs_page.artifacts import find_unbuilt, find_undescribed
from docs_page.assembling import assemble_page, embed
from docs_page.describing import describe_generic_tests, describe_test
from docs_page.overview import (
    Chart,
    chart_section,
    fill_overview,
    layer_colours,
    layer_of,
    read_charts,
)
from playwright.sync_api import Browser, Page, expect

PROJECT = "client_segmentation"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def documented(built: DbtProject, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Provide the built project with its documentation page; only read."""
    project = built.copied_to(tmp_path_factory.mktemp("docs") / "project")
    docs = project.dbt("--no-partial-parse", "docs", "generate")
    assert docs.returncode == 0, docs.stdout
    write_docs_page.main([str(project.folder)])
    return project.folder


@pytest.fixture(scope="module")
def manifest(documented: Path) -> dict:
    return write_docs_page.complete_artifacts(documented)[0]


@pytest.fixture(scope="module")
def overview(manifest: dict) -> str:
    return manifest["docs"][f"doc.{PROJECT}.__overview__"]["block_contents"]


def marts(manifest: dict) -> dict[str, dict]:
    return {
        node["name"]: node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and layer_of(node) == "models/marts"
    }


def test_everything_that_the_database_has_is_described(documented: Path) -> None:
    manifest, catalog = write_docs_page.complete_artifacts(documented)
    assert find_undescribed(manifest, catalog) == []


def test_a_missing_description_is_found(documented: Path) -> None:
    manifest, catalog = write_docs_page.complete_artifacts(documented)
    manifest["nodes"][f"model.{PROJECT}.stg_turnover"]["columns"].pop("fiscal_year")
    manifest["exposures"][f"exposure.{PROJECT}.segments_page"]["description"] = " "
    assert find_undescribed(manifest, catalog) == [
        "exposure segments_page",
        "stg_turnover.fiscal_year",
    ]


def test_what_is_not_built_stops_the_page(documented: Path, tmp_path: Path) -> None:
    shutil.copytree(documented / "target", tmp_path / "target")
    catalog_file = tmp_path / "target" / "catalog.json"
    catalog = json.loads(catalog_file.read_text(encoding="utf-8"))
    del catalog["nodes"][f"model.{PROJECT}.cluster_profiles"]
    catalog_file.write_text(json.dumps(catalog), encoding="utf-8")
    with pytest.raises(SystemExit, match="lacks cluster_profiles: run `make build`"):
        write_docs_page.main([str(tmp_path)])


def test_the_page_says_nothing_of_this_machine(documented: Path) -> None:
    page = (documented / "target" / "static_index.html").read_text(encoding="utf-8")
    assert str(documented) not in page
    assert str(CHECKOUT) not in page


# ----------------------------------------------------------------------------------
# Tests in words
# ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "arguments", "sentence"),
    [
        ("unique", {"column_name": "a"}, "No two rows of `t` have the same `a`."),
        ("not_null", {"column_name": "a"}, "`a` of `t` is never NULL."),
        (
            "relationships",
            {"column_name": "a", "to": "ref('u')", "field": "b"},
            "Each `a` of `t` is NULL or found in `u.b`.",
        ),
        (
            "accepted_values",
            {"column_name": "a", "values": ["x", "y", 3]},
            "`a` of `t` is `x`, `y` or `3` where it is known.",
        ),
        (
            "expression_holds",
            {"expression": "a <\n  (select 1 from {{ ref('u') }})"},
            "For every row of `t`, `a < (select 1 from u)`.",
        ),
        (
            "unique_combination",
            {"columns": ["a", "b", "c"]},
            "No two rows of `t` have the same `a`, `b` and `c`.",
        ),
    ],
)
def test_a_generic_test_is_described_by_its_arguments(
    kind: str, arguments: dict, sentence: str
) -> None:
    node = {
        "name": f"{kind}_t_a",
        "test_metadata": {"name": kind, "kwargs": arguments},
        "config": {"severity": "ERROR"},
    }
    assert describe_test(node, table="t") == sentence


def test_a_named_test_says_its_claim_its_rows_and_its_severity() -> None:
    node = {
        "name": "a_client_is_listed_once",
        "test_metadata": {"name": "unique", "kwargs": {"column_name": "client_id"}},
        "config": {"severity": "warn", "where": "is_active"},
    }
    assert describe_test(node, table="clients") == (
        "A client is listed once: no two rows of `clients` have the same `client_id`."
        " Of the rows with `is_active` only. A failure is a warning."
    )


def test_a_generic_test_without_a_sentence_is_refused() -> None:
    node = {
        "name": "odd_t",
        "resource_type": "test",
        "description": "",
        "attached_node": "model.p.t",
        "test_metadata": {"name": "odd", "kwargs": {}},
        "config": {},
    }
    with pytest.raises(SystemExit, match="No sentence for the generic test `odd`"):
        describe_generic_tests({"nodes": {"test.p.odd_t": node}})
    node["description"] = "Something odd."
    describe_generic_tests({"nodes": {"test.p.odd_t": node}})
    assert node["description"] == "Something odd."


# ----------------------------------------------------------------------------------
# Overview, colours, flow
# ----------------------------------------------------------------------------------


def test_the_overview_has_each_question_of_each_mart(
    manifest: dict, overview: str
) -> None:
    assert marts(manifest)
    for name, node in marts(manifest).items():
        questions = node["config"]["meta"]["questions"]
        row = f"| [{name}](#!/model/{node['unique_id']}) | {' '.join(questions)} |"
        assert row in overview
        for question in questions:
            assert f"- {question}" in node["description"]


def test_the_overview_has_each_exposure(manifest: dict, overview: str) -> None:
    assert manifest["exposures"]
    for unique_id in manifest["exposures"]:
        assert f"](#!/exposure/{unique_id})" in overview


def test_an_exposure_lies_where_the_page_looks_for_it(manifest: dict) -> None:
    for exposure in manifest["exposures"].values():
        path = Path("target") / unquote(exposure["url"])
        assert path.parts[:3] in (
            ("target", "..", "published"),
            ("target", "..", "target"),
        ), exposure["name"]


def test_an_overview_that_leaves_out_a_colour_is_refused(documented: Path) -> None:
    manifest = json.loads((documented / "target/manifest.json").read_text("utf-8"))
    block = manifest["docs"][f"doc.{PROJECT}.__overview__"]
    block["block_contents"] = block["block_contents"].replace("`models/base`", "base")
    write_docs_page.colour_sources_and_exposures(manifest)
    with pytest.raises(SystemExit, match="no colour of models/base: add a row"):
        fill_overview(manifest, [], documented)


def test_a_line_of_the_overview_that_stands_for_nothing_is_refused(
    documented: Path,
) -> None:
    manifest = json.loads((documented / "target/manifest.json").read_text("utf-8"))
    block = manifest["docs"][f"doc.{PROJECT}.__overview__"]
    block["block_contents"] += "\n[//]: # (chart)\n"
    write_docs_page.colour_sources_and_exposures(manifest)
    with pytest.raises(SystemExit, match="nothing is known of"):
        fill_overview(manifest, [], documented)


def test_each_layer_has_a_colour_of_its_own_that_carries_white_names(
    manifest: dict,
) -> None:
    layers = {
        layer_of(node)
        for group in ("nodes", "sources", "exposures")
        for node in manifest[group].values()
        if node["resource_type"] in ("model", "seed", "source", "exposure")
    }
    colours = layer_colours(manifest)
    assert set(colours) == layers
    # Sources are raw data too: they share a colour.
    assert colours.pop("sources") == colours["seeds/raw"]
    for colour in colours.values():
        assert contrast_with_white(colour) >= 4.5, colour
    for first, second in combinations(colours.values(), 2):
        assert smallest_difference(first, second) >= 20, (first, second)


def test_the_flow_shows_layers_models_and_colours_that_there_are(
    manifest: dict,
) -> None:
    colours = layer_colours(manifest)
    names: dict[str, set[str]] = {layer: set() for layer in colours}
    for group in ("nodes", "sources", "exposures"):
        for node in manifest[group].values():
            if layer_of(node) in names:
                names[layer_of(node)].add(node["name"])
    flow = ElementTree.parse(CHECKOUT / "assets" / "flow.svg").getroot()
    boxes = flow.findall(f"{SVG}g[@data-layer]")
    assert {box.get("data-layer") for box in boxes} == set(colours)
    for box in boxes:
        layer = box.get("data-layer")
        assert box.find(f"{SVG}path").get("fill") == colours[layer], layer
        for text in box.findall(f"{SVG}text[@class='model']"):
            assert text.text in names[layer], layer


def test_each_arrow_of_the_flow_is_a_way_that_data_take(manifest: dict) -> None:
    nodes = {**manifest["nodes"], **manifest["sources"], **manifest["exposures"]}
    ways = {
        (layer_of(nodes[parent]), layer_of(nodes[child]))
        for child, parents in manifest["parent_map"].items()
        for parent in parents
        if child in nodes and parent in nodes
    }
    # dbt does not see the publication, between marts and what reads them.
    published = {source["name"] for source in manifest["sources"].values()}
    assert published <= set(marts(manifest))
    assert ("models/marts", "exposures") in ways
    ways |= {("models/marts", "sources"), ("sources", "exposures")}
    flow = ElementTree.parse(CHECKOUT / "assets" / "flow.svg").getroot()
    arrows = flow.findall(f"{SVG}path[@data-from]")
    assert len(arrows) >= 10
    for arrow in arrows:
        assert (arrow.get("data-from"), arrow.get("data-to")) in ways


# ----------------------------------------------------------------------------------
# Charts and the page itself
# ----------------------------------------------------------------------------------


def test_charts_are_read_in_english_and_in_their_order(tmp_path: Path) -> None:
    import duckdb

    database = tmp_path / "segmentation.duckdb"
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            "create schema models; create table models.chart_drawings as"
            " select * from (values"
            " ('b', 'en', 2, 'Second', 'Reads so.', 'Bars', 'png2'::blob),"
            " ('a', 'fr', 1, 'Premier', 'Se lit.', 'Barres', 'png0'::blob),"
            " ('a', 'en', 1, 'First', 'Reads.', 'Points', 'png1'::blob)"
            ") as t(chart_name, language, position, title, description,"
            " alternative_text, png)"
        )
    relation = '"segmentation"."models"."chart_drawings"'
    nodes = {"m": {"name": "chart_drawings", "relation_name": relation}}
    charts = read_charts({"nodes": nodes}, database)
    assert charts == [
        Chart("First", "Reads.", "Points", b"png1"),
        Chart("Second", "Reads so.", "Bars", b"png2"),
    ]


def test_without_charts_there_is_no_heading_for_them() -> None:
    assert chart_section([]) == ""


def test_a_chart_cannot_break_the_markdown_around_it() -> None:
    chart = Chart("A_b*", "1 < 2 | `x`", "a] b\n[c", b"\x00")
    assert chart_section([chart]) == (
        "## The charts\n\n### A\\_b\\*\n\n1 &lt; 2 \\| \\`x\\`\n\n"
        "![a) b (c](data:image/png;base64,AA==)"
    )


def test_what_is_embedded_cannot_end_the_script() -> None:
    text = embed({"a": "</script><!-- é"})
    assert "</" not in text
    assert "<!--" not in text
    assert json.loads(text) == {"a": "</script><!-- é"}


def test_another_page_of_dbt_is_refused() -> None:
    with pytest.raises(SystemExit, match="has no single"):
        assemble_page("<title>dbt Docs</title>", {"nodes": {}}, {})


def test_an_empty_catalog_names_what_is_not_built() -> None:
    model = {"name": "clients", "resource_type": "model"}
    source = {"name": "calls", "resource_type": "source"}
    manifest = {"nodes": {"m": model}, "sources": {"s": source}}
    assert find_unbuilt(manifest, {"nodes": {}, "sources": {}}) == ["clients"]


# ----------------------------------------------------------------------------------
# In a browser
# ----------------------------------------------------------------------------------


@pytest.fixture
def page(browser: Browser, documented: Path) -> Iterator[Page]:
    """Provide the page from its file; nothing may be fetched, nothing go wrong."""
    problems: list[str] = []
    address = (documented / "target" / "static_index.html").as_uri()
    page = browser.new_page(base_url=address, viewport={"width": 1366, "height": 900})
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on(
        "console",
        lambda message: (
            problems.append(message.text)
            if message.type in ("error", "warning")
            else None
        ),
    )
    page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith((address, "data:"))
            else problems.append(request.url)
        ),
    )
    yield page
    page.close()
    assert problems == []


def show(page: Page, place: str) -> None:
    page.goto(f"#!/{place}")


def test_the_overview_shows_pictures_that_load(page: Page) -> None:
    show(page, "overview")
    expect(page).to_have_title("Client segmentation")
    expect(page.locator("h1", has_text="Client segmentation")).to_be_visible()
    expect(page.locator("h2", has_text="What each mart answers")).to_be_visible()
    pictures = page.locator(".app-details img")
    widths = pictures.evaluate_all("all => all.map(image => image.naturalWidth)")
    # One spot per layer and the flow at least.
    assert len(widths) > 10
    assert all(widths)


def test_a_link_of_the_overview_leads_to_the_mart(page: Page, manifest: dict) -> None:
    show(page, "overview")
    page.get_by_role("link", name="segment_changes").first.click()
    expect(page.locator("h1", has_text="segment_changes")).to_be_visible()
    mart = marts(manifest)["segment_changes"]
    content = page.locator(".app-details")
    for question in mart["config"]["meta"]["questions"]:
        expect(content.get_by_text(question)).to_be_visible()
    for column in mart["columns"]:
        expect(content.get_by_text(column, exact=True).first).to_be_visible()
    expect(content.get_by_text("TIMESTAMP").first).to_be_visible()


def test_an_exposure_names_its_owner_and_place(page: Page) -> None:
    show(page, f"exposure/exposure.{PROJECT}.clients_csv")
    expect(page.locator("h1", has_text="entreprises_clusterisées.csv")).to_be_visible()
    expect(page.get_by_text("Agency analytics")).to_be_visible()
    button = page.get_by_role("link", name="View this exposure")
    assert "published/exports/entreprises_clusteris" in button.get_attribute("href")


def test_a_generic_test_has_a_sentence(page: Page) -> None:
    show(page, f"model/model.{PROJECT}.cluster_category_mix")
    page.locator("reference-list").first.get_by_text("Data Tests").click()
    page.get_by_role("link", name="a_category_is_listed_once_in_a_cluster").click()
    expect(
        page.get_by_text("A category is listed once in a cluster: no two rows of")
    ).to_be_visible()


def test_the_lineage_shows_layers_in_their_colours(page: Page, manifest: dict) -> None:
    show(page, f"model/model.{PROJECT}.segment_changes")
    page.locator(".launcher-btn").click()
    expect(page.locator(".launcher canvas").first).to_be_visible()
    page.wait_for_function("document.querySelectorAll('.launcher canvas').length > 1")
    page.wait_for_function(
        """colour => {
            const drawn = document.querySelectorAll('.launcher canvas');
            const wanted = [1, 3, 5].map(i => parseInt(colour.slice(i, i + 2), 16));
            return [...drawn].some(canvas => {
                const context = canvas.getContext('2d');
                if (!canvas.width || !canvas.height) return false;
                const data = context.getImageData(0, 0, canvas.width, canvas.height);
                for (let i = 0; i < data.data.length; i += 4)
                    if (wanted.every((value, k) => data.data[i + k] === value))
                        return true;
                return false;
            });
        }""",
        arg=layer_colours(manifest)["models/intermediate"],
    )
