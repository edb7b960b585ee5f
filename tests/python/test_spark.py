"""Spark builds what DuckDB builds, row for row, and hands over what is asked for."""

import math
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import duckdb
import pytest
from build_cost import write_raw
from dbt_project import DbtProject, finished
from project_copies import CHECKOUT, copy_checkout
from segmentation.builds import spark
from segmentation.errors import SegmentationError

# Where `make spark` has put pyspark and dbt-spark.
ENVIRONMENT = CHECKOUT / os.environ.get("SPARK_ENVIRONMENT", ".venv-spark")
# Sums of floating-point numbers have no order on Spark.
TOLERANCE = 1e-9
NOT_COMPARED = (
    # DuckDB numbers raw rows itself.
    *("raw.", "base."),
    # Kinds of enterprises are called by hashes, which are each engine's own.
    *("segmentations.int_enterprise_kinds", "segmentations.int_actions_listed"),
    "segmentations.int_recommendations_matched",
    # The bytes of a picture hang on the last digit of a place.
    "engine.chart_drawings",
    # Views of what is detached.
    *("engine.last_fits", "engine.published_", "engine.segments_known"),
)
MARTS = [
    "+enterprise_segments",
    "+enterprise_recommendations",
    "+account_segments",
    "+rejected_rows",
    "+segment_changes",
]
# Those of parsing run on Spark as well.
OTHER_UNIT_TESTS = [
    f"resource_type:unit_test,path:models/{folder}"
    for folder in ("engine", "features", "marts", "segmentations")
]
# To compile the plans of small data takes longer than to interpret them, and so does
# to make them anew after each step.
DEFAULTS = """
spark.driver.memory 2g
spark.log.level ERROR
spark.sql.shuffle.partitions 2
spark.sql.codegen.wholeStage false
spark.sql.codegen.factoryMode NO_CODEGEN
spark.sql.adaptive.enabled false
spark.sql.maxPlanStringLength 100
"""


@pytest.fixture
def companion(tmp_path: Path) -> spark.Companion:
    """Provide a companion of a Spark that does nothing."""
    return spark.Companion(
        execute=lambda sql: None,
        warehouse=str(tmp_path / "warehouse"),
        path=str(tmp_path / "companion" / "spark.duckdb"),
        publish_dir=str(tmp_path / "published"),
        wait_seconds="1",
        memory_limit="",
    )


def read_table(tmp_path: Path, schema: str, name: str) -> list[tuple]:
    files = tmp_path / "warehouse" / f"{schema}.db" / name / "*.parquet"
    return duckdb.sql(f"from '{files}'").fetchall()


def test_a_seed_keeps_apostrophes_and_what_is_blank(
    companion: spark.Companion, tmp_path: Path
):
    seed = tmp_path / "it's [1].csv"
    seed.write_text('name,count\nL\'été,1\n" ",2\n,3\n', encoding="utf-8")
    companion.load_seed(
        "reference.names", str(seed), {"name": "string", "count": "int"}
    )
    rows = [("L'été", 1), (" ", 2), (None, 3)]
    assert read_table(tmp_path, "reference", "names") == rows


def test_a_python_model_reads_all_rows_or_none(
    companion: spark.Companion, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    seed = tmp_path / "numbers.csv"
    seed.write_text("number\n1\n2\n", encoding="utf-8")
    companion.load_seed("reference.numbers", str(seed), {"number": "int"})
    code = """
class dbtObj:
    def __init__(self, read):
        self.ref = read

def model(dbt, session):
    return dbt.ref("reference.numbers").project("2 * number as doubled")
"""
    companion.run_model("engine.doubled", code)
    assert read_table(tmp_path, "engine", "doubled") == [(2,), (4,)]
    monkeypatch.setattr(spark, "MOST_MODEL_ROWS", 1)
    with pytest.raises(SegmentationError, match="has 2 rows, and may read 1: give it"):
        companion.run_model("engine.doubled", code)


@pytest.fixture
def run_spark(tmp_path: Path):
    """Provide the command that builds a project on Spark; skip where there is none."""
    for what, is_there in {
        f"environment {ENVIRONMENT}: make test-spark": (ENVIRONMENT / "bin").is_dir(),
        "Java": shutil.which("java"),
    }.items():
        if not is_there:
            fail_or_skip = (
                pytest.fail if "SPARK_ENVIRONMENT" in os.environ else pytest.skip
            )
            fail_or_skip(f"there is no {what}")
    configuration = tmp_path / "configuration"
    configuration.mkdir()
    (configuration / "spark-defaults.conf").write_text(DEFAULTS)

    def run(project: DbtProject, *options: str, **settings: str) -> str:
        process = finished(
            project.start(
                *("build", "--target", "spark", *options),
                dbt=ENVIRONMENT / "bin" / "dbt",
                PYTHONPATH=str(project.folder / "python_models"),
                SPARK_CONF_DIR=str(configuration),
                **settings,
            ),
            timeout=3000,
        )
        assert process.returncode == 0, process.stdout
        return process.stdout

    return run


@pytest.mark.spark
def test_spark_scores_a_published_model_as_duckdb_does(
    project: DbtProject, run_spark, tmp_path: Path
):
    with project.edited_csv("seeds/raw/raw_social_accounts.csv") as rows:
        followers = rows[0].index("followers")
        for row in rows[1::40]:
            row[followers] = row[followers] + "0"
    twin = project.copied_to(tmp_path / "twin")
    settings = {"as_of": "2025-07-31 12:00:00", "evaluate": "false"}
    options = ["--exclude-resource-type", "test", "--select", *MARTS, "--exclude"]
    project.succeed("build", *options, "resource_type:unit_test", **settings)
    said = run_spark(twin, *options, *OTHER_UNIT_TESTS, **settings)
    assert "Not published: this build left out" in said
    assert_alike(project, twin, least_count=75)


@pytest.mark.spark
@pytest.mark.nightly
def test_spark_connect_on_two_workers_builds_and_publishes_many_dirty_rows(
    run_spark, tmp_path: Path
):
    raw = tmp_path / "raw"
    write_raw(raw, 26_000, is_clean=False)
    settings = {"raw_source": "files", "data_set": "many", "RAW_DATA_DIR": str(raw)}
    projects = [
        DbtProject(tmp_path / name, settings=settings) for name in ("one", "other")
    ]
    for project in projects:
        copy_checkout(project.folder)
    projects[0].succeed("build")
    warehouse = projects[1].folder / "build" / "spark"
    with started_cluster(tmp_path, worker_count=2, warehouse=warehouse) as server:
        run_spark(projects[1], SPARK_REMOTE=server)
    assert_alike(*projects, least_count=140)
    published, other = (project.marts() for project in projects)
    del published["scoring_steps"]
    assert published.keys() == other.keys()
    left_out = ("publication", "chart_drawings", "charts")
    for name in published.keys() - set(left_out):
        assert_rows_alike(name, published[name], other[name])


@contextmanager
def started_cluster(
    folder: Path, *, worker_count: int, warehouse: Path
) -> Iterator[str]:
    """Start Spark Connect on a standalone cluster of workers; give its address."""
    (home,) = ENVIRONMENT.glob("lib/python*/site-packages/pyspark")
    environment = os.environ | {
        "SPARK_HOME": str(home),
        "SPARK_CONF_DIR": str(folder / "configuration"),
    }
    master, port = "spark://127.0.0.1:17077", 15077
    place = "org.apache.spark"
    worker = f"spark-class {place}.deploy.worker.Worker --host 127.0.0.1 --cores 1"
    commands = [
        f"spark-class {place}.deploy.master.Master --host 127.0.0.1 --port 17077",
        *(
            f"{worker} --memory 2g --work-dir {folder / str(number)} {master}"
            for number in range(worker_count)
        ),
        f"spark-submit --master {master}"
        f" --class {place}.sql.connect.service.SparkConnectServer"
        f" --conf spark.sql.warehouse.dir={warehouse.as_uri()}"
        f" --conf spark.connect.grpc.binding.port={port} spark-internal",
    ]
    with ExitStack() as stack:
        log = stack.enter_context((folder / "log").open("w"))
        for command in commands:
            program, *options = command.split()
            process = subprocess.Popen(
                [str(home / "bin" / program), *options],
                env=environment,
                stdout=log,
                stderr=log,
            )
            stack.callback(process.wait)
            stack.callback(process.terminate)
            time.sleep(5)
        for _ in range(60):
            with closing(socket.socket()) as client:
                if client.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(1)
        yield f"sc://127.0.0.1:{port}"


def assert_alike(duckdb_s: DbtProject, spark_s: DbtProject, *, least_count: int):
    """Every table that both have built has the same rows."""
    warehouse = spark_s.folder / "build" / "spark"
    count = 0
    with duckdb.connect(str(duckdb_s.build_database), read_only=True) as reader:
        tables = reader.execute(
            "select table_schema || '.' || table_name from information_schema.tables"
            " where table_catalog = current_database()"
        ).fetchall()
        for (table,) in tables:
            folder = warehouse / table.replace(".", ".db/")
            if folder.exists() and not table.startswith(NOT_COMPARED):
                ours = reader.execute(f"from {table}").fetchall()
                theirs = reader.execute(f"from '{folder}/*.parquet'").fetchall()
                assert_rows_alike(table, ours, theirs)
                count += 1
    assert count >= least_count


def assert_rows_alike(table: str, ours: list[tuple], theirs: list[tuple]):
    assert len(ours) == len(theirs), table
    for one, other in zip(
        sorted(ours, key=_place), sorted(theirs, key=_place), strict=True
    ):
        for value, same in zip(one, other, strict=True):
            if isinstance(value, float) and isinstance(same, float):
                is_same = math.isclose(value, same, rel_tol=TOLERANCE, abs_tol=1e-12)
            else:
                is_same = value == same
            assert is_same, (table, one, other)


def _place(row: tuple) -> tuple:
    """Order rows by what is exact in them, then by their floating-point figures."""
    exact = [repr(value) for value in row if not isinstance(value, float)]
    return (*exact, *(f"{value:.6g}" for value in row if isinstance(value, float)))
