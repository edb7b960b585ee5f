"""What is documented is what there is, and the lineage shows it by layers."""

from itertools import combinations

from colour_vision import contrast_with_white, smallest_difference
from compiled_models import nodes_of


def test_every_table_is_documented_with_the_columns_that_it_has(built):
    found = dict(
        built.rows(
            "select concat(schema_name, '.', table_name), list(column_name)"
            " from duckdb_columns() where not internal group by all",
            database=built.build_database,
        )
    )
    for node in nodes_of(built).values():
        # What the engine does between its ends may be undescribed.
        if node["resource_type"] in ("model", "seed") and (
            node["columns"]
            or not node["path"].startswith(("engine/", "segmentations/"))
        ):
            name = f"{node['schema']}.{node['name']}"
            assert sorted(node["columns"]) == sorted(found[name]), name


def test_the_names_of_layers_are_white_on_colours_that_differ_in_the_lineage(built):
    nodes = nodes_of(built).values()
    relations = [n for n in nodes if n["resource_type"] in ("model", "seed")]
    colours = {node["docs"]["node_color"] for node in relations}
    assert all(contrast_with_white(colour) >= 4.5 for colour in colours)
    assert all(smallest_difference(*pair) >= 20 for pair in combinations(colours, 2))
