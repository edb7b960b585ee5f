"""What dbt knows of the project, as `dbt docs generate` leaves it in the target folder.

The manifest holds every resource with its texts, the catalog the columns that the
build database has.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Node = dict[str, Any]
Manifest = dict[str, Any]
Catalog = dict[str, Any]

TABLE_TYPES = ("model", "seed", "source")


def tables(manifest: Manifest) -> Iterator[tuple[str, Node]]:
    """Every model, seed and source table, with its unique id."""
    for group in ("nodes", "sources"):
        for unique_id, node in manifest[group].items():
            if node["resource_type"] in TABLE_TYPES:
                yield unique_id, node


def catalog_columns(catalog: Catalog, unique_id: str) -> list[str]:
    """Names of the columns that the build database has of a table."""
    entry = catalog["nodes"].get(unique_id) or catalog["sources"].get(unique_id)
    return list(entry["columns"]) if entry else []


def find_unbuilt(manifest: Manifest, catalog: Catalog) -> list[str]:
    """Names of models and seeds that the build database does not have."""
    return sorted(
        node["name"]
        for unique_id, node in tables(manifest)
        if node["resource_type"] != "source" and not catalog_columns(catalog, unique_id)
    )


def find_undescribed(manifest: Manifest, catalog: Catalog) -> list[str]:
    """What a reader would find without a description, columns as ``table.column``."""
    found = [
        f"{node['resource_type']} {node['name']}"
        for group in ("nodes", "sources", "exposures", "unit_tests", "macros")
        for node in manifest[group].values()
        if node["package_name"] == manifest["metadata"]["project_name"]
        and node["resource_type"] != "operation"
        and not is_implementation(node, manifest)
        and not node["description"].strip()
    ]
    for unique_id, node in tables(manifest):
        for name in catalog_columns(catalog, unique_id):
            if not node["columns"].get(name, {}).get("description", "").strip():
                found.append(f"{node['name']}.{name}")
    return sorted(found)


def is_implementation(node: Node, manifest: Manifest) -> bool:
    """Whether it is the macro of one engine, which the dispatched macro describes."""
    name = node["name"].partition("__")[2]
    package = node["package_name"]
    return node["resource_type"] == "macro" and (
        f"macro.{package}.{name}" in manifest["macros"]
    )
