"""The project passes on the newest engine, and its file opens in old clients."""

import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from dbt_project import DbtProject
from project_copies import CHECKOUT

pytestmark = pytest.mark.slow


def install(version: str, folder: Path) -> str:
    """Install a DuckDB into a folder that PYTHONPATH may put before others."""
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"),
            *("--disable-pip-version-check", "--target", str(folder)),
            f"duckdb=={version}",
        ],
        check=True,
    )
    return str(folder)


def python(code: str, *arguments: str, client: str | None = None) -> str:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env=os.environ | ({"PYTHONPATH": client} if client else {}),
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_the_whole_build_passes_on_duckdb_2(
    project: DbtProject, tmp_path: Path
) -> None:
    """Over a publication that 1.5 wrote, as after an upgrade."""
    segments = "select enterprise_id, segment_key from enterprise_segments order by all"
    before = project.rows(segments)
    engine = install("2.0.0", tmp_path / "engine")
    version = "import duckdb; print(duckdb.__version__)"
    assert python(version, client=engine).strip() == "2.0.0"
    output = project.succeed("build", PYTHONPATH=engine, evaluate_after_days="0")
    assert "WARN=0 ERROR=0 SKIP=0" in output
    assert project.rows(segments) == before


READ_ALL = """
import json, pathlib, sys
import duckdb

client = duckdb.connect(sys.argv[1], read_only=True)
ask = lambda query: client.sql(query).fetchall()
tables = ask("select table_name, comment from duckdb_tables() order by all")
columns = "select table_name, column_name, comment from duckdb_columns()"
paths = sorted(pathlib.Path(sys.argv[2]).glob("*.sql"))
queries = [path.read_text("utf-8") for path in paths]
queries += [f"select count(*) from {name}" for name, _ in tables]
queries += [f"{columns} where not internal order by all"]
print(json.dumps([duckdb.__version__, tables, *map(str, map(ask, queries))]))
"""


# Compared with the engine that builds, 1.5: every table, and every query of the guide.
@pytest.mark.parametrize("version", ["1.2.2", "1.3.2", "1.4.4", "2.0.0"])
def test_an_older_or_newer_client_reads_the_same_tables_and_descriptions(
    built: DbtProject, tmp_path: Path, version: str
) -> None:
    arguments = (READ_ALL, str(built.published), str(CHECKOUT / "analyses"))
    client = install(version, tmp_path / "client")
    (found, *read), (usual, *expected) = (
        json.loads(python(*arguments, client=path)) for path in (client, None)
    )
    assert (found, usual) == (version, duckdb.__version__)
    assert read == expected
