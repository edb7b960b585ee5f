"""A build database of three small marts, and its publication."""

import duckdb
import pytest
from segmentation.publication import published_files, publishing
from segmentation.publication.memory import DATABASE_NAME, identify_publication
from segmentation.publication.publishing import publish

NODES = ["model.clusters", "seed.segments", "test.unique", "unit_test.names"]
GREEN = [
    ["model.clusters", "success"],
    ["seed.segments", "success"],
    ["test.unique", "pass"],
    ["unit_test.names", "warn"],
    ["exposure.dashboard", "no-op"],
]
MARTS = [
    {
        "relation": '"build"."marts"."enterprise_segments"',
        "name": "enterprise_segments",
        "description": "One row per enterprise: the segment it's in.",
        "primary_key": ["enterprise_id"],
        "columns": {"segment_key": "Key, 'new_…' if nobody has named it."},
    },
    {
        "relation": '"build"."marts"."cluster_profiles"',
        "name": "cluster_profiles",
        "description": "One row per cluster.",
        "primary_key": [],
        "columns": {},
    },
    {
        "relation": '"build"."marts"."segmentation_fits"',
        "name": "segmentation_fits",
        "description": "One row per fit.",
        "primary_key": ["fit_id"],
        "columns": {},
    },
]
# What lies in a folder that somebody has published into.
PUBLISHED = ["exports", "kept", DATABASE_NAME]
EXPORT = "exports/clients.csv"


@pytest.fixture
def small_files(monkeypatch):
    """Publish one small file beside the database, which says which build made it."""

    def write_small_file(cursor, folder, *, relations, language):
        (folder / EXPORT).parent.mkdir()
        keys = cursor.sql(
            "select distinct segment_key from build.marts.enterprise_segments"
        ).fetchall()
        (folder / EXPORT).write_text(f"{language}: {sorted(keys)}")
        return published_files.digest_files(folder)

    monkeypatch.setattr(publishing, "write_files", write_small_file)


@pytest.fixture
def build(tmp_path, small_files):
    """Make a build database with marts in no order."""
    (tmp_path / "build").mkdir()
    with duckdb.connect(tmp_path / "build" / "build.duckdb") as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.enterprise_segments as"
            " select 'e' || lpad(cast(i * 37 % 500 as varchar), 3, '0')"
            " as enterprise_id, 'facebook_leaders' as segment_key"
            " from range(500) as numbers (i)"
        )
        connection.execute(
            "create table marts.cluster_profiles as select 0 as cluster_id,"
            " 'facebook_leaders' as segment_key, 9000.5 as mean_followers_total,"
            " 8000.0 as mean_followers_facebook, 800.0 as mean_followers_instagram,"
            " cast(null as double) as mean_followers_tiktok"
        )
        connection.execute(
            "create table marts.segmentation_fits as select * from (values"
            " (2, timestamp '2024-02-01', 'refit'), (1, timestamp '2024-01-01',"
            " 'first fit')) as fits (fit_id, fitted_at, reason)"
        )
        yield connection


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
        "relations": {},
        "language": "fr",
        "data_set": "seeds",
        "raw_source": "seeds",
        "published_at": "2024-03-01 12:30:00",
        "remembered_file": identify_publication(publish_dir),
    }
    sentence, _ = publish(build.cursor(), **{**arguments, **changes})
    return sentence


def open_published(publish_dir):
    return duckdb.connect(publish_dir / DATABASE_NAME, read_only=True)


def files_in(folder):
    return sorted(path.name for path in folder.iterdir())
