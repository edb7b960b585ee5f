"""Write the documentation as one page, with what dbt leaves out.

dbt's own page has a lineage and the texts of the property files. This adds an overview
with the flow, the charts and the questions of each mart; a sentence on every generic
test; and the columns of tables that are read again after publication.

Usage, after `dbt build` and `dbt docs generate`::

    python tools/write_docs_page.py [PROJECT_DIR]

It writes `target/static_index.html`, which needs no server and no network.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

# Lets tests load this file by its path as well as run it as a script.
sys.path.insert(0, str(Path(__file__).resolve().parent))

from docs_page.artifacts import Catalog, Manifest, find_unbuilt
from docs_page.assembling import assemble_page
from docs_page.describing import (
    append_questions,
    colour_sources_and_exposures,
    describe_generic_tests,
    describe_source_columns,
)
from docs_page.overview import fill_overview, read_charts

BUILD_DATABASE = Path("build") / "segmentation.duckdb"


def complete_artifacts(root: Path) -> tuple[Manifest, Catalog]:
    """Read what dbt knows of the project and add what it leaves out.

    Parameters
    ----------
    root : pathlib.Path
        The project folder, with `target` as `dbt docs generate` leaves it.

    Returns
    -------
    tuple of dict
        Manifest and catalog.

    Raises
    ------
    SystemExit
        If a table has not been built, and so has no columns to show.
    """
    target = root / "target"
    manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    catalog = json.loads((target / "catalog.json").read_text(encoding="utf-8"))
    unbuilt = find_unbuilt(manifest, catalog)
    if unbuilt:
        raise SystemExit(
            f"The build database lacks {', '.join(unbuilt)}: "
            "run `make build`, then `make docs` again."
        )
    describe_generic_tests(manifest)
    describe_source_columns(manifest, catalog)
    append_questions(manifest)
    colour_sources_and_exposures(manifest)
    fill_overview(manifest, read_charts(manifest, root / BUILD_DATABASE), root)
    return manifest, catalog


def main(arguments: list[str]) -> int:
    """Write the page and say where it is."""
    root = Path(arguments[0]) if arguments else Path()
    manifest, catalog = complete_artifacts(root)
    shell = (root / "target" / "index.html").read_text(encoding="utf-8")
    page = root / "target" / "static_index.html"
    page.write_text(assemble_page(shell, manifest, catalog), encoding="utf-8")
    print(f"Documentation: {page}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
