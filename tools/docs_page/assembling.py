"""Put manifest and catalog into the page that dbt brings along."""

from __future__ import annotations

import json
from typing import Any

from docs_page.artifacts import Catalog, Manifest

TITLE = "Client segmentation"
STYLE = (
    "<style>.app-frame img { max-width: 100%; }"
    " .app-frame td img { display: inline; vertical-align: text-bottom; }</style>"
)

# What the page of dbt 1.11 gets wrong, as long as it does. Opened as a file, it makes a
# browser ask for files that have the names of two templates; and in its lineage the
# models are lost among all the unit tests, which each model's page lists anyway.
REPAIRS = {
    "href=\"${require('./assets/favicons/favicon.ico')}\"": 'href="data:,"',
    'xlink:href="{{ getIcon(': 'ng-attr-href="{{ getIcon(',
    '"source","test","unit_test",': '"source",',
    '"source","test","analysis","exposure","metric","semantic_model","unit_test",': (
        '"source","analysis","exposure","metric","semantic_model",'
    ),
}


def assemble_page(shell: str, manifest: Manifest, catalog: Catalog) -> str:
    """Make one self-contained page, as `dbt docs generate --static` does.

    Parameters
    ----------
    shell : str
        The `index.html` of dbt, which has a place for each of the two.
    manifest, catalog : dict
        What dbt knows of the project. Where the project lies on this machine is left
        out.

    Returns
    -------
    str
        The page.

    Raises
    ------
    SystemExit
        If the page of this dbt version has no such places.
    """
    # Seeds know where the project lies.
    for node in manifest["nodes"].values():
        node.pop("root_path", None)
    page = replace_once(
        shell, "<title>dbt Docs</title>", f"<title>{TITLE}</title>{STYLE}"
    )
    for old, new in REPAIRS.items():
        page = page.replace(old, new)
    page = replace_once(page, '"MANIFEST.JSON INLINE DATA"', embed(manifest))
    return replace_once(page, '"CATALOG.JSON INLINE DATA"', embed(catalog))


def embed(data: dict[str, Any]) -> str:
    """Write data as JSON that cannot end the script that it stands in."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("</", "<\\/").replace("<!--", "<\\u0021--")


def replace_once(page: str, old: str, new: str) -> str:
    """Replace what occurs exactly once."""
    if page.count(old) != 1:
        raise SystemExit(
            f"The page of this dbt version has no single `{old}`: "
            "see tools/docs_page/assembling.py."
        )
    return page.replace(old, new)
