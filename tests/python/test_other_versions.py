"""The project passes on the newest engine, and its file opens in old clients."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

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


def test_a_duckdb_1_2_client_reads_the_publication(
    built: DbtProject, tmp_path: Path
) -> None:
    client = install("duckdb==1.2.2", tmp_path / "client")
    read = (
        "import duckdb, sys; c = duckdb.connect(sys.argv[1], read_only=True);"
        "print(duckdb.__version__, *c.sql('select count(*) from enterprise_segments')"
        ".fetchall()[0])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", read, str(built.published)],
        env=os.environ | {"PYTHONPATH": client},
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.split() == ["1.2.2", "421"]


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
    assert build.stdout.rstrip().endswith("Published in published/segmentation.duckdb")
    assert "421 active enterprises in 4 segments" in build.stdout
