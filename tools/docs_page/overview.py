"""The overview: the page of `models/overview.md` with what the project fills in.

Its lines `[//]: # (charts)` stand for what other files say: the charts, each mart's
questions, the exposures. Pictures of `assets` come to lie within the page, and a table
row that begins with a folder gets the colour of its models in the lineage. Without this
step, in a plain `dbt docs serve`, nothing is seen of it. The page shows Markdown only,
no HTML.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from docs_page.artifacts import TABLE_TYPES, Manifest, Node

CHARTS_MODEL = "chart_drawings"
LANGUAGE = "en"
MIME_TYPES = {".png": "image/png", ".svg": "image/svg+xml"}
PLACEHOLDER = re.compile(r"^\[//\]: # \((?P<name>.*)\)$", re.MULTILINE)
LAYER_ROW = re.compile(r"^\| `(?P<folder>[\w/]+)` \|", re.MULTILINE)
PICTURE = re.compile(r"!\[(?P<text>[^]]*)\]\((?P<path>assets/[\w./-]+)\)")


@dataclass(frozen=True)
class Chart:
    """One chart of the build database, in the language of the documentation."""

    title: str
    description: str
    alternative_text: str
    png: bytes


def read_charts(manifest: Manifest, database: Path) -> list[Chart]:
    """Read the charts of the build database in their order; none before they exist."""
    models = [n for n in manifest["nodes"].values() if n["name"] == CHARTS_MODEL]
    if not models:
        return []
    with duckdb.connect(str(database), read_only=True) as connection:
        rows = connection.execute(
            "select title, description, alternative_text, png"
            f" from {models[0]['relation_name']} where language = ?"
            " order by position, chart_name",
            [LANGUAGE],
        ).fetchall()
    return [Chart(*row) for row in rows]


def fill_overview(manifest: Manifest, charts: list[Chart], root: Path) -> None:
    """Replace pictures, colours and lines of the overview by what they stand for.

    Parameters
    ----------
    manifest : dict
        The manifest of dbt, whose doc block is changed in place.
    charts : list of Chart
        The charts in their order.
    root : pathlib.Path
        The project folder, where `assets` are.

    Raises
    ------
    SystemExit
        If a line or a row stands for nothing, or the colour of a layer is left out.
    """
    project = manifest["metadata"]["project_name"]
    block = manifest["docs"][f"doc.{project}.__overview__"]
    colours = layer_colours(manifest)
    fillers: dict[str, Callable[[], str]] = {
        "charts": lambda: chart_section(charts),
        "questions": lambda: question_table(manifest),
        "exposures": lambda: exposure_list(manifest),
    }

    def fill(match: re.Match[str]) -> str:
        if match["name"] not in fillers:
            raise SystemExit(f"models/overview.md: nothing is known of `{match[0]}`.")
        return fillers[match["name"]]()

    def colour(match: re.Match[str]) -> str:
        folder = match["folder"]
        if folder not in colours:
            raise SystemExit(
                f"models/overview.md: `{folder}` has no colour to explain."
            )
        return f"| {spot(colours.pop(folder))} `{folder}` |"

    text = LAYER_ROW.sub(colour, block["block_contents"])
    if colours:
        raise SystemExit(
            "models/overview.md explains no colour of "
            f"{', '.join(sorted(colours))}: add a row to its table."
        )
    text = PICTURE.sub(
        lambda match: picture(
            (root / match["path"]).read_bytes(),
            mime_type=MIME_TYPES[Path(match["path"]).suffix],
            text=match["text"],
        ),
        text,
    )
    block["block_contents"] = PLACEHOLDER.sub(fill, text)


def layer_of(node: Node) -> str:
    """Folder of a table, or the plural of what has none: `sources`, `exposures`."""
    if node["resource_type"] in ("source", "exposure"):
        return node["resource_type"] + "s"
    return node["original_file_path"].replace("\\", "/").rpartition("/")[0]


def layer_colours(manifest: Manifest) -> dict[str, str]:
    """Colour of each layer in the lineage."""
    nodes = [
        node
        for group in ("nodes", "sources", "exposures")
        for node in manifest[group].values()
        if node["resource_type"] in (*TABLE_TYPES, "exposure")
        and (node.get("docs") or {}).get("node_color")
    ]
    return {layer_of(node): node["docs"]["node_color"] for node in nodes}


def picture(content: bytes, *, mime_type: str, text: str) -> str:
    """A picture that lies within the page, with the text that stands for it."""
    encoded = base64.b64encode(content).decode("ascii")
    # A bracket would end the text.
    text = " ".join(text.replace("[", "(").replace("]", ")").split())
    return f"![{text}](data:{mime_type};base64,{encoded})"


def spot(colour: str) -> str:
    """A spot in a colour."""
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16">'
        f'<circle cx="8" cy="8" r="8" fill="{colour}"/></svg>'
    )
    return picture(svg.encode("ascii"), mime_type=MIME_TYPES[".svg"], text="")


def plain(text: str) -> str:
    """Text in one line, none of which Markdown takes for markup."""
    escaped = re.sub(r"([\\`*_{}\[\]>#|])", r"\\\1", " ".join(text.split()))
    # The page would show the backslash.
    return escaped.replace("<", "&lt;")


def chart_section(charts: list[Chart]) -> str:
    """The charts with their titles and readings, one below the other."""
    if not charts:
        return ""
    figures = [
        f"### {plain(chart.title)}\n\n{plain(chart.description)}\n\n"
        + picture(chart.png, mime_type=MIME_TYPES[".png"], text=chart.alternative_text)
        for chart in charts
    ]
    return "\n\n".join(["## The charts", *figures])


def question_table(manifest: Manifest) -> str:
    """Each mart with its questions."""
    marts = [
        (node["name"], unique_id, node["config"]["meta"]["questions"])
        for unique_id, node in manifest["nodes"].items()
        if node["config"].get("meta", {}).get("questions")
    ]
    rows = [
        f"| [{name}](#!/model/{unique_id}) | {' '.join(map(plain, questions))} |"
        for name, unique_id, questions in sorted(marts)
    ]
    return "\n".join(["| table | questions |", "|---|---|", *rows])


def exposure_list(manifest: Manifest) -> str:
    """Each exposure with what it is."""
    return "\n".join(
        f"- [{exposure['label'] or name}](#!/exposure/{unique_id}): "
        + " ".join(exposure["description"].split())
        for name, unique_id, exposure in sorted(
            (exposure["name"], unique_id, exposure)
            for unique_id, exposure in manifest["exposures"].items()
        )
    )
