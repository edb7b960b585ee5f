"""Check the property files, where dbt does not.

On DuckDB dbt ignores a misspelt key such as ``descripton:`` in silence: it holds
property files against its JSON schemas for some adapters only. Here it does. The other
rules are this project's; each says why it exists.

Usage: ``python tools/check_property_files.py [PROJECT_DIR]``, one line per finding.
"""

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import yaml
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest
from dbt.jsonschemas import jsonschemas
from dbt_common.events.base_types import EventLevel, EventMsg

PROPERTY_FOLDERS = ("models", "python_models", "seeds", "macros", "tests", "analyses")
NO_PROPERTIES = ("tests/fixtures/", "tests/python/")
CONTRACTED_FOLDERS = ("models/features/", "models/engine/published/", "models/marts/")
KEYED_FOLDERS = (*CONTRACTED_FOLDERS, "seeds/reference/")


def find_property_files() -> list[Path]:
    paths = [path for f in PROPERTY_FOLDERS for path in Path(f).rglob("*.yml")]
    return sorted(p for p in paths if not p.as_posix().startswith(NO_PROPERTIES))


def parse() -> tuple[Manifest | None, list[str]]:
    """Let dbt read the project; return also what it complains of.

    Of unknown, misplaced and repeated keys, which it would drop and say nothing.
    """
    jsonschemas._JSONSCHEMA_SUPPORTED_ADAPTERS.add("duckdb")
    findings = []

    def listen(event: EventMsg) -> None:
        is_summary = event.info.name == "DeprecationsSummary"
        if event.info.level in (EventLevel.WARN, EventLevel.ERROR) and not is_summary:
            findings.append(" ".join(event.info.msg.split()))

    command = "--quiet --no-use-colors --show-all-deprecations --no-partial-parse parse"
    parsed = dbtRunner(callbacks=[listen]).invoke(
        [*command.split(), "--profiles-dir", "."]
    )
    is_read = isinstance(parsed.result, Manifest)
    return (parsed.result if is_read else None), findings


def check_test_keys(manifest: Manifest) -> Iterator[str]:
    """Keys of a test's config that no test has: the schemas do not go so deep."""
    for node in manifest.nodes.values():
        if node.resource_type == "test":
            for key in node.config._extra:
                yield f"{node.original_file_path}: {node.name}: unknown key {key}"


def check_repeated_columns() -> Iterator[str]:
    """Columns listed twice: dbt keeps the last and forgets the tests of the first."""
    for path in find_property_files():
        data = yaml.safe_load(path.read_text("utf-8")) or {}
        for entry in [*(data.get("models") or []), *(data.get("seeds") or [])]:
            names = [column.get("name") for column in entry.get("columns") or []]
            for name in sorted({name for name in names if names.count(name) > 1}):
                yield f"{path}: {entry.get('name')}: column {name} is listed twice"


def check_descriptions(manifest: Manifest) -> Iterator[str]:
    """What has no description must be read to be understood."""
    package = manifest.metadata.project_name
    groups = (manifest.nodes, manifest.sources, manifest.exposures)
    described = [
        resource
        for group in (*groups, manifest.unit_tests)
        for resource in group.values()
        if resource.package_name == package
        and resource.resource_type != "operation"
        # Of the tests the singular ones: a generic one says what it holds by its name.
        and not getattr(resource, "test_metadata", None)
    ]
    names = {node.name for node in manifest.nodes.values()}
    for resource in described:
        place = f"{resource.original_file_path}: {resource.name}"
        # A table of the last publication is described with the model of its name.
        is_remembered = resource.resource_type == "source" and resource.name in names
        if not (resource.description.strip() or is_remembered):
            yield f"{place}: has no description"
        if resource.resource_type in ("model", "seed"):
            path = resource.original_file_path
            if not resource.columns and path.startswith(KEYED_FOLDERS):
                yield f"{place}: lists no columns"
            for column in resource.columns.values():
                if not column.description.strip():
                    yield f"{place}: column {column.name} has no description"


def check_doc_blocks(manifest: Manifest) -> Iterator[str]:
    """A block that no property file uses is a text that nobody sees."""
    texts = [path.read_text("utf-8") for path in find_property_files()]
    used = set(re.findall(r"doc\(\s*['\"](\w+)['\"]\s*\)", "\n".join(texts)))
    for block in manifest.docs.values():
        is_page = block.name.startswith("__")
        if block.package_name != "dbt" and not is_page and block.name not in used:
            yield f"{block.original_file_path}: doc block {block.name} is not used"


def check_grains(manifest: Manifest) -> Iterator[str]:
    """A join that doubles rows is seen only where the grain is tested.

    By a test of the project, or by a primary key under an enforced contract. What lies
    between ends in tables of which one of these holds the key.
    """
    tested = {
        test.attached_node
        for test in manifest.nodes.values()
        if getattr(test, "test_metadata", None)
        and test.test_metadata.name in ("unique_combination", "content_holds")
    }
    for node in manifest.nodes.values():
        path = node.original_file_path
        if node.resource_type in ("model", "seed") and path.startswith(KEYED_FOLDERS):
            contracted = node.config.contract.enforced
            if path.startswith(CONTRACTED_FOLDERS) and not contracted:
                yield f"{path}: {node.name}: has no enforced contract"
            holders = [node, *node.columns.values()]
            kinds = {c.type for h in holders for c in getattr(h, "constraints", [])}
            has_key = contracted and "primary_key" in kinds
            if not (has_key or node.unique_id in tested):
                yield f"{path}: {node.name}: has no test of its grain"


def find_findings() -> list[str]:
    """Check a project; where dbt refuses to read it, say what dbt says."""
    manifest, findings = parse()
    if manifest:
        findings += [
            *check_test_keys(manifest),
            *check_repeated_columns(),
            *check_descriptions(manifest),
            *check_doc_blocks(manifest),
            *check_grains(manifest),
        ]
    return findings


if __name__ == "__main__":
    os.chdir(sys.argv[1] if len(sys.argv) > 1 else ".")
    found = find_findings()
    print("\n".join(found or ["property files: ok"]))
    sys.exit(bool(found))
