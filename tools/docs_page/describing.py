"""Descriptions that follow from what the project says elsewhere.

A generic test is described by its arguments, a table that is published and read again
by the mart that it was, and a mart by its questions too. None of this is written a
second time in a property file, where it would differ one day.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from docs_page.artifacts import Catalog, Manifest, Node, catalog_columns, tables

Arguments = dict[str, Any]

REFERENCE = re.compile(r"(?:{{\s*)?ref\(['\"](\w+)['\"]\)(?:\s*}})?")


def describe_generic_tests(manifest: Manifest) -> None:
    """Give each generic test without a description a sentence: what it claims.

    Parameters
    ----------
    manifest : dict
        The manifest of dbt, changed in place.

    Raises
    ------
    SystemExit
        If there is no sentence for a kind of test.
    """
    for node in manifest["nodes"].values():
        if node["resource_type"] != "test" or not node.get("test_metadata"):
            continue
        if not node["description"]:
            node["description"] = describe_test(node, table=tested_table(node))


def tested_table(node: Node) -> str:
    """Name of the table that a generic test is attached to."""
    tested = node.get("attached_node") or node["depends_on"]["nodes"][0]
    return tested.rpartition(".")[2]


def describe_test(node: Node, *, table: str) -> str:
    """Word what a generic test claims; a test with a name of its own says it first."""
    kind = node["test_metadata"]["name"]
    sentence = SENTENCES.get(kind)
    if sentence is None:
        raise SystemExit(
            f"No sentence for the generic test `{kind}`: add one to SENTENCES in "
            "tools/docs_page/describing.py, or describe the test in its property file."
        )
    text = sentence(table, node["test_metadata"]["kwargs"]) + "."
    # dbt's own name for a test begins with its kind and the table.
    if node["name"].startswith((f"{kind}_{table}_", f"source_{kind}_")):
        text = text[0].upper() + text[1:]
    else:
        text = f"{node['name'].replace('_', ' ').capitalize()}: {text}"
    where = node["config"].get("where")
    if where:
        text += f" Of the rows with `{where}` only."
    if node["config"].get("severity", "ERROR").lower() == "warn":
        text += " A failure is a warning."
    return text


def say_unique(table: str, arguments: Arguments) -> str:
    column = arguments["column_name"]
    return f"no two rows of `{table}` have the same `{column}`"


def say_not_null(table: str, arguments: Arguments) -> str:
    return f"`{arguments['column_name']}` of `{table}` is never NULL"


def say_relationships(table: str, arguments: Arguments) -> str:
    target = REFERENCE.sub(r"\1", arguments["to"])
    return (
        f"each `{arguments['column_name']}` of `{table}` is NULL or found in"
        f" `{target}.{arguments['field']}`"
    )


def say_accepted_values(table: str, arguments: Arguments) -> str:
    values = list_in_words([f"`{value}`" for value in arguments["values"]], "or")
    return f"`{arguments['column_name']}` of `{table}` is {values} where it is known"


def say_expression_holds(table: str, arguments: Arguments) -> str:
    expression = REFERENCE.sub(r"\1", " ".join(arguments["expression"].split()))
    return f"for every row of `{table}`, `{expression}`"


def say_unique_combination(table: str, arguments: Arguments) -> str:
    columns = list_in_words([f"`{name}`" for name in arguments["columns"]], "and")
    return f"no two rows of `{table}` have the same {columns}"


SENTENCES: dict[str, Callable[[str, Arguments], str]] = {
    "accepted_values": say_accepted_values,
    "expression_holds": say_expression_holds,
    "not_null": say_not_null,
    "relationships": say_relationships,
    "unique": say_unique,
    "unique_combination": say_unique_combination,
}


def list_in_words(items: list[str], last: str) -> str:
    """Join items as in a sentence: ``a, b and c``."""
    return f" {last} ".join([", ".join(items[:-1]), items[-1]] if items[1:] else items)


def append_questions(manifest: Manifest) -> None:
    """Add to the description of each table the questions that it answers."""
    for _, node in tables(manifest):
        questions = node["config"].get("meta", {}).get("questions")
        if questions:
            listed = "\n".join(f"- {question}" for question in questions)
            node["description"] += f"\n\n**Questions it answers**\n\n{listed}"
            # The page would show what it knows as meta a second time, as code.
            node["meta"].pop("questions")


def describe_source_columns(manifest: Manifest, catalog: Catalog) -> None:
    """Describe the columns of a source table as those of the table that it repeats.

    Its property file names that table as `config: meta: columns_of`.
    """
    described = {
        node["name"]: node["columns"] for node in manifest["nodes"].values()
        if node["resource_type"] in ("model", "seed")
    }  # fmt: skip
    for unique_id, source in manifest["sources"].items():
        same = described.get(source["meta"].pop("columns_of", None), {})
        for name in catalog_columns(catalog, unique_id):
            if name in same:
                source["columns"].setdefault(name, same[name])


def colour_sources_and_exposures(manifest: Manifest) -> None:
    """Put a colour of dbt_project.yml, which dbt keeps as meta, where it is shown."""
    for group in ("sources", "exposures"):
        for node in manifest[group].values():
            colour = node["meta"].pop("node_color", None)
            if colour:
                node["docs"] = {"show": True, "node_color": colour}
