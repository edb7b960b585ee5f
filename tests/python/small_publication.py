"""A build database of small marts, and its publication."""

import resource
import shutil
from contextlib import contextmanager

import duckdb
import pytest
from page_data import (
    COLUMNS,
    VISIBILITY,
    make_chart,
    make_enterprise,
    make_image,
    make_segment,
    make_tables,
)
from segmentation.publication.memory import DATABASE_NAME, identify_publication
from segmentation.publication.publishing import publish

NODES = ["model.clusters", "seed.segments", "test.unique"]
GREEN = [
    ["model.clusters", "success"],
    ["seed.segments", "success"],
    ["test.unique", "warn"],
    ["unit_test.names", "pass"],
    ["exposure.dashboard", "no-op"],
]
KEYS = {
    "enterprise_segments": ["enterprise_id"],
    "segmentation_fits": ["segmentation", "fit_id"],
}
ABOUT = "What it's of, 'new_…' if nobody has named it."
MARTS = [
    {
        "relation": f'"build"."marts"."{name}"',
        "name": name,
        "description": f"One row per line of {name}: it's small.",
        "primary_key": KEYS.get(name, []),
        "columns": {columns.split()[0]: ABOUT},
    }
    for name, columns in COLUMNS.items()
]
# What lies in a folder that somebody has published into.
PUBLISHED = ["charts", "exports", "kept", DATABASE_NAME, "segments.html"]
EXPORT = "exports/entreprises_clusterisées.csv"
ENTERPRISE_COUNT = 50


@pytest.fixture(scope="session")
def small_build(tmp_path_factory):
    """Make a build database with marts in no order, for tests to copy."""
    path = tmp_path_factory.mktemp("small") / "build.duckdb"
    with duckdb.connect(path) as connection:
        make_marts(connection)
    return path


@pytest.fixture
def build(small_build, tmp_path):
    (tmp_path / "build").mkdir()
    with duckdb.connect(shutil.copy(small_build, tmp_path / "build")) as connection:
        connection.execute("use build.marts")
        yield connection


def make_marts(connection):
    connection.execute("create schema if not exists build.marts; use build.marts")
    make_tables(
        connection,
        {
            "charts": [
                {"segmentation": of, "chart_name": "sizes", "png": make_image(red=1)}
                for of in ("visibility", "purchases")
            ],
            "chart_drawings": [make_chart("sizes", "fr"), make_chart("sizes", "en")],
            "enterprise_segments": [
                make_enterprise(f"e{i * 37 % ENTERPRISE_COUNT:03}", "leaders")
                for i in range(ENTERPRISE_COUNT)
            ],
            "segment_overview": [make_segment("leaders", cluster_id=0)],
            "segmentation_fits": [
                {"fit_id": 2, "fitted_at": "2024-02-01", "reason": "refit"},
                {"fit_id": 1, "fitted_at": "2024-01-01", "reason": "first fit"},
            ],
        },
    )


@pytest.fixture
def publish_dir(tmp_path):
    """Name a folder as SQL would stumble over it."""
    return tmp_path / "l'agence" / "published"


def publish_build(build, publish_dir, **changes):
    arguments = {
        "publish_dir": publish_dir,
        "command": "build",
        "is_empty_run": False,
        "expected_nodes": NODES,
        "results": GREEN,
        "marts": MARTS,
        # Accounts are not built: there were no sales.
        "segmentations": {
            "visibility": VISIBILITY,
            "purchases": {"members": "accounts"},
        },
        "language": "fr",
        "data_set": "seeds",
        "raw_source": "seeds",
        "published_at": "2024-03-01 12:30:00",
        "remembered_file": identify_publication(publish_dir),
    }
    sentence, _ = publish(build.cursor(), **arguments | changes)
    return sentence


def place_everybody(build, segment_key):
    build.execute("update enterprise_segments set segment_key = ?", [segment_key])
    build.execute("update segment_overview set segment_key = ?", [segment_key])


def open_published(publish_dir):
    return duckdb.connect(publish_dir / DATABASE_NAME, read_only=True)


def files_in(folder):
    return sorted(path.name for path in folder.iterdir())


def contents_of(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@contextmanager
def full_disk(space):
    """Let no file grow beyond so many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (space, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
