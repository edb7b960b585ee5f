"""Write the page for account managers as one file that needs nothing else."""

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from segmentation.builds.written_numbers import write_number, write_share
from segmentation.reporting.page.contents import (
    read_charts,
    read_clients,
    read_platform_names,
    read_segments,
)
from segmentation.reporting.page.wording import (
    LANGUAGES,
    read_texts,
    write_count,
)

# At most so many enterprises are on the page, which browsers filter while one types.
PAGE_ENTERPRISE_LIMIT = 5_000
_FOLDER = Path(__file__).parent


def write_page(
    cursor: DuckDBPyConnection,
    path: Path,
    *,
    relations: dict[str, str],
    language: str,
    enterprise_limit: int = PAGE_ENTERPRISE_LIMIT,
) -> None:
    """Write segments, charts and clients as one HTML file.

    The page needs no server and no network, and holds no clock: the same data give
    the same bytes. It may run its own script and style only (their hashes stand in
    its Content-Security-Policy), so that no name in the data can become code.

    Parameters
    ----------
    cursor : duckdb.DuckDBPyConnection
        On the build database.
    path : pathlib.Path
        The file to write; its folder exists.
    relations : dict of str to str
        Qualified relations by table: ``clustered_enterprises``,
        ``enterprise_recommendations``, ``cluster_recommendations``,
        ``cluster_profiles``, ``cluster_category_mix``, ``cluster_city_mix``,
        ``int_segments_described``, ``chart_drawings`` and ``platforms``.
    language : {'fr', 'en'}
        What the page opens in.
    enterprise_limit : int
        At most so many enterprises are listed; the page says when there are more.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    texts = read_texts()
    segments = read_segments(cursor, relations=relations)
    platforms = read_platform_names(
        cursor, relations=relations, any_platform=texts["any_platform"]
    )
    clients = read_clients(
        cursor,
        relations=relations,
        segment_keys=[segment["key"] for segment in segments],
        enterprise_limit=enterprise_limit,
    )
    client_count = sum(segment["enterprise_count"] for segment in segments)
    style = _template("page.css")
    script = _template("page.js")
    html = _environment(texts, platforms=platforms).get_template("page.html")
    page = html.render(
        language=language,
        segments=segments,
        charts=read_charts(cursor, relations=relations),
        client_count=client_count,
        shown_count=len(clients["enterprises"]),
        platforms=platforms,
        style=style,
        style_hash=_hash(style),
        script=script,
        script_hash=_hash(script),
        data=_json(
            {
                "language": language,
                "texts": texts,
                "platforms": platforms,
                "segments": [
                    {name: segment[name] for name in ("key", "colour", "shape", "name")}
                    for segment in segments
                ],
            }
            | clients
        ),
    )
    path.write_bytes(page.encode("utf-8"))


def _environment(
    texts: dict[str, dict[str, Any]], *, platforms: dict[str, dict[str, str]]
) -> Environment:
    """Make a template environment that escapes all but what a template calls safe."""
    environment = Environment(
        loader=FileSystemLoader(_FOLDER, encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )

    def worded(key: str, **values: str) -> dict[str, str]:
        return {
            language: texts[key][language].format(
                **{name: value[language] for name, value in values.items()}
            )
            for language in LANGUAGES
        }

    def counted(key: str, count: int, **values: dict[str, str]) -> dict[str, str]:
        return {
            language: write_count(
                texts[key][language],
                count,
                language=language,
                **{name: value[language] for name, value in values.items()},
            )
            for language in LANGUAGES
        }

    def number(value: float | None) -> dict[str, str]:
        if value is None:
            return worded("unknown")
        return {name: write_number(value, language=name) for name in LANGUAGES}

    def share(value: float) -> dict[str, str]:
        return {name: write_share(value, language=name) for name in LANGUAGES}

    def platform_name(platform: str) -> dict[str, str]:
        return platforms.get(platform, dict.fromkeys(LANGUAGES, platform))

    environment.globals.update(
        languages=LANGUAGES,
        worded=worded,
        counted=counted,
        number=number,
        share=share,
        platform_name=platform_name,
    )
    return environment


def _template(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """Hash a style or script as a Content-Security-Policy names it."""
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"


def _json(value: object) -> str:
    """Write JSON that cannot end the script element that it stands in."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")
