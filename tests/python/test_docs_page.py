"""The documentation is one page with every model, its texts and its lineage."""

import json
from itertools import combinations

import pytest
from colour_vision import contrast_with_white, smallest_difference
from compiled_models import nodes_of


@pytest.mark.slow
def test_the_page_has_every_table_with_its_columns_texts_and_lineage(project):
    before = project.published.read_bytes()
    project.succeed("--no-partial-parse", "docs", "generate", "--static")
    assert project.published.read_bytes() == before
    target = project.folder / "target"
    page = (target / "static_index.html").read_text("utf-8")
    manifest = json.loads((target / "manifest.json").read_text("utf-8"))
    built = json.loads((target / "catalog.json").read_text("utf-8"))["nodes"]
    relations = {
        name: node
        for name, node in manifest["nodes"].items()
        if node["resource_type"] in ("model", "seed")
    }
    assert relations.keys() == built.keys()
    for name, node in relations.items():
        # Of seeds and of what people read all columns, and no others, are documented.
        if node["resource_type"] == "seed" or node["config"]["contract"]["enforced"]:
            assert node["columns"].keys() == built[name]["columns"].keys(), name
        texts = [node["description"], manifest["parent_map"][name]]
        texts += [column["description"] for column in node["columns"].values()]
        assert all(json.dumps(text) in page for text in texts), name
    overview = manifest["docs"]["doc.client_segmentation.__overview__"]
    assert json.dumps(overview["block_contents"]) in page
    assert (target / "assets" / "charts" / "pca_map.png").exists()


def test_the_names_of_layers_are_white_on_colours_that_differ_in_the_lineage(built):
    nodes = nodes_of(built).values()
    relations = [n for n in nodes if n["resource_type"] in ("model", "seed")]
    colours = {node["docs"]["node_color"] for node in relations}
    assert all(contrast_with_white(colour) >= 4.5 for colour in colours)
    assert all(smallest_difference(*pair) >= 20 for pair in combinations(colours, 2))
