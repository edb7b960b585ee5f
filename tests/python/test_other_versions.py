"""The project passes on the newest engine, and its file opens in old clients."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest
from conftest import CHECKOUT, NOT_COPIED
from dbt_project import DbtProject

pytestmark = pytest.mark.slow


def install(package: str, folder: Path) -> str:
    """Install one package into a folder that PYTHONPATH may put before others."""
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"),
            *("--disable-pip-version-check", "--target", str(folder), package),
        ],
        check=True,
    )
    return str(folder)


def test_the_whole_build_passes_on_duckdb_2(
    project: DbtProject, tmp_path: Path
) -> None:
    """Over a publication that 1.5 wrote, as after an upgrade."""
    segments = "select enterprise_id, segment_key from enterprise_segments order by all"
    before = project.rows(segments)
    engine = install("duckdb==2.0.0", tmp_path / "engine")
    version = subprocess.run(
        [sys.executable, "-c", "import duckdb; print(duckdb.__version__)"],
        env=os.environ | {"PYTHONPATH": engine},
        capture_output=True,
        text=True,
        check=True,
    )
    assert version.stdout.strip() == "2.0.0"
    build = project.dbt("build", PYTHONPATH=engine, evaluate="true", UNIT_TESTS="true")
    assert build.returncode == 0, build.stdout
    assert "WARN=0 ERROR=0 SKIP=0" in build.stdout
    assert project.rows(segments) == before


READ_ALL = """
import json, pathlib, sys
import duckdb

client = duckdb.connect(sys.argv[1], read_only=True)
tables = dict(client.sql("select table_name, comment from duckdb_tables()").fetchall())
columns = client.sql(
    "select table_name, column_name, comment from duckdb_columns() where not internal"
)
print(
    json.dumps(
        {
            "version": duckdb.__version__,
            "tables": tables,
            "columns": sorted(columns.fetchall()),
            "row_counts": {
                name: client.sql(f"select count(*) from {name}").fetchall()[0][0]
                for name in tables
            },
            "answers": {
                path.stem: str(client.sql(path.read_text("utf-8")).fetchall())
                for path in sorted(pathlib.Path(sys.argv[2]).glob("*.sql"))
            },
        }
    )
)
"""


def read_all(publication: Path, *, client: str | None = None) -> dict[str, Any]:
    """Read the publication and ask every query of the BI guide in a fresh process."""
    answer = subprocess.run(
        [sys.executable, "-c", READ_ALL, str(publication), str(CHECKOUT / "analyses")],
        env=os.environ | ({"PYTHONPATH": client} if client else {}),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(answer.stdout)


# Compared with the engine that builds, 1.5.
@pytest.mark.parametrize("version", ["1.2.2", "1.3.2", "1.4.4", "2.0.0"])
def test_an_older_or_newer_client_reads_the_same_tables_and_descriptions(
    built: DbtProject, tmp_path: Path, version: str
) -> None:
    client = install(f"duckdb=={version}", tmp_path / "client")
    read = read_all(built.published, client=client)
    assert read.pop("version") == version
    expected = read_all(built.published)
    assert expected.pop("version") == duckdb.__version__
    assert read == expected
    assert all(read["tables"].values())
    assert all(comment for *_, comment in read["columns"])
    assert read["row_counts"]["clustered_enterprises"] == 421


def test_make_build_is_enough_on_a_fresh_machine(tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    shutil.copytree(CHECKOUT, clone, ignore=NOT_COPIED)
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("MAKE", "PYTHONPATH", "PUBLISH_DIR", "VIRTUAL_ENV"))
    }
    build = subprocess.run(
        ["make", "build", f"PYTHON={sys.executable}"],
        cwd=clone,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert build.returncode == 0, build.stdout + build.stderr
    assert "\nPublished in published/: segmentation.duckdb, " in build.stdout
    assert "421 active enterprises in 4 segments" in build.stdout
