"""Check what keeps one engine for many segmentations, and what no query may say.

Usage: ``python tools/check_structure.py [PROJECT_DIR]``, one line per finding.
"""

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ENGINE_FOLDERS = (
    "models/engine",
    "macros/engine",
    "python_models/segmentation/learning",
    "python_models/segmentation/evaluation",
)
# Of one segmentation's business, in the singular: `categories_` is scikit-learn's.
BUSINESS_WORDS = {"enterprise", "follower", "platform", "category", "city", "turnover"}
# The files that each segmentation has, with its name for {name}.
THIN_FILES = ("python_models/{name}_*.py", "models/segmentations/{name}/{name}_*.sql")
QUERY_FOLDERS = ("models", "python_models", "tests/singular", "analyses")


def check_business_words() -> Iterator[str]:
    """The engine serves every segmentation, so it knows the business of none."""
    for folder in map(Path, ENGINE_FOLDERS):
        if not folder.is_dir():
            yield f"{folder}: no such folder, see ENGINE_FOLDERS of this check"
        for path in sorted(folder.rglob("*")):
            if path.suffix not in (".sql", ".py", ".yml", ".md"):
                continue
            for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
                # The words of identifiers: of snake_case, CamelCase and UPPER_CASE.
                words = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", line)
                for word in sorted(BUSINESS_WORDS & {word.lower() for word in words}):
                    yield f"{path}:{number}: `{word}` is a word of one segmentation's"


def check_thin_files() -> Iterator[str]:
    """What each segmentation repeats differs in names only: the engine has the rest."""
    project = yaml.safe_load(Path("dbt_project.yml").read_text("utf-8"))
    segmentations = (project.get("vars") or {}).get("segmentations") or {}
    texts = {name: _thin_files(name, entry) for name, entry in segmentations.items()}
    for name, files in texts.items():
        first_name, first = next(iter(texts.items()))
        for path in sorted(first.keys() ^ files.keys()):
            yield f"{path}: is of {first_name} or of {name} only"
        for path in sorted(first.keys() & files.keys()):
            if first[path] != files[path]:
                yield f"{path}: differs between {first_name} and {name}"
        if not files:
            yield f"dbt_project.yml: the segmentation {name} has no model"


def _thin_files(name: str, entry: dict[str, Any]) -> dict[str, str]:
    """Read a segmentation's files with a placeholder for each of its names."""
    placeholders = {name: "<name>"}
    placeholders |= {entry[key]: f"<{key}>" for key in ("features", "key", "members")}
    # The longest first: one name may be a part of another.
    names = sorted(map(re.escape, placeholders), key=len, reverse=True)
    pattern = re.compile(rf"(?<![a-z])({'|'.join(names)})(?![a-z])")

    def named(text: str) -> str:
        return pattern.sub(lambda match: placeholders[match[0]], text)

    paths = [
        path for glob in THIN_FILES for path in Path().glob(glob.format(name=name))
    ]
    return {named(path.as_posix()): named(path.read_text("utf-8")) for path in paths}


def check_queries() -> Iterator[str]:
    """A star in mid-query lets a new column upstream change what comes out.

    It hides nothing in a CTE that imports, and in the last line of all. A window over
    everything stops DuckDB 1.5 once in some hundred times (duckdb/duckdb#25713).
    """
    hidden = re.compile(r"{#.*?#}|{%.*?%}|--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'", re.DOTALL)
    allowed = re.compile(r"\(\s*select \*\s+from [^()]+?\)|select \* from \w+\s*$")
    for path in sorted(p for f in QUERY_FOLDERS for p in Path(f).rglob("*.sql")):
        text = re.sub(r"{{.*?}}", "name", path.read_text("utf-8"), flags=re.DOTALL)
        text = allowed.sub("", hidden.sub("", text))
        if re.search(r"(\bselect(\s+distinct)?|[,.])\s*\*", text):
            yield f"{path}: has a `*` in mid-query, list the columns"
        if re.search(r"\bover\s*\(\s*\)", text):
            yield f"{path}: has an `over ()`, which may crash, use a scalar subquery"


if __name__ == "__main__":
    os.chdir(sys.argv[1] if len(sys.argv) > 1 else ".")
    found = [*check_business_words(), *check_thin_files(), *check_queries()]
    print("\n".join(found or ["structure: ok"]))
    sys.exit(bool(found))
