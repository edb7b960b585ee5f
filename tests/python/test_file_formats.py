"""The same data give the same marts in whatever format they are delivered."""

import shutil
from pathlib import Path

import duckdb
import pytest
from conftest import CHECKOUT, build_once
from dbt_project import DbtProject
from raw_columns import RAW_COLUMNS
from segmentation.raw.tables import load_raw_tables
from write_file_formats import COLUMNS, FORMATS, ROWS, STYLES, Style, write_all

FILE_FORMATS = CHECKOUT / "tests" / "fixtures" / "file_formats"
# What is in a file under another spelling is listed in another spelling.
AS_WRITTEN = {"rejected_rows": ("raw_key", "raw_value")}
# The file's own identity.
NOT_COMPARED = ("publication",)


def every_file(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_the_fixtures_are_what_the_script_writes(tmp_path):
    write_all(tmp_path)

    written = [path.relative_to(tmp_path) for path in every_file(tmp_path)]
    committed = [path.relative_to(FILE_FORMATS) for path in every_file(FILE_FORMATS)]
    assert written == committed
    for path in written:
        # The bytes of Parquet depend on the version that writes it.
        if path.suffix != ".parquet":
            assert (tmp_path / path).read_bytes() == (FILE_FORMATS / path).read_bytes()


def load(name: str) -> dict[str, list[tuple]]:
    """Load the files of a format and read the columns that are needed."""
    with duckdb.connect() as connection:
        load_raw_tables(
            connection,
            publish_dir=Path("published"),
            raw_source="files",
            raw_data_dir=str(FILE_FORMATS / name),
            columns=RAW_COLUMNS,
            relations={table: f"raw.{table}" for table in RAW_COLUMNS},
            numeric_features={},
            is_empty_run=False,
        )
        return {
            table: connection.sql(
                f"select {', '.join(columns)} from raw.{table}"
            ).fetchall()
            for table, columns in RAW_COLUMNS.items()
        }


def of_parts(table: str) -> list[tuple]:
    half = len(ROWS[table]) // 2
    first, second = STYLES["reference"], STYLES["french_excel"]
    return first.written(table)[:half] + second.written(table)[half:]


def of_types(table: str) -> list[tuple]:
    """Write values as the project does for Parquet: timestamps, no idle zeros."""
    day = (lambda day: f"{day} 00:00:00") if table == "enterprises" else str
    rows = Style(day=day).written(table)
    if table == "turnover":
        return [(*row, amount.rstrip("0").rstrip(".")) for *row, amount in rows]
    return rows


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_loaded_as_the_texts_that_were_written(name):
    expected = {"parts": of_parts, "folders": of_parts, "parquet": of_types}.get(
        name, STYLES.get(name, Style()).written
    )

    assert load(name) == {table: expected(table) for table in COLUMNS}


def build(factory: pytest.TempPathFactory, name: str) -> DbtProject:
    return build_once(
        factory,
        f"file_formats_{name}",
        raw_source="files",
        evaluate="false",
        data_set="file_formats",
        RAW_DATA_DIR=str(FILE_FORMATS / name),
    )


@pytest.fixture(scope="session")
def built_from_reference(tmp_path_factory: pytest.TempPathFactory) -> DbtProject:
    """Provide a build of the data in plain CSV; tests only read it."""
    return build(tmp_path_factory, "reference")


def comparable_marts(project: DbtProject) -> dict[str, list[tuple]]:
    """Read the marts, without what names the text or the file that was read."""
    marts = {}
    for table in project.marts():
        if table in NOT_COMPARED:
            continue
        left_out = AS_WRITTEN.get(table)
        columns = f"* exclude ({', '.join(left_out)})" if left_out else "*"
        marts[table] = project.rows(f"select {columns} from {table} order by all")
    return marts


def test_the_reference_is_read_as_it_was_meant(built_from_reference):
    """Told by figures that were not computed by the project."""
    assert built_from_reference.rows(
        "select enterprise_name, followers_total, turnover_eur::varchar"
        " from enterprise_segments order by enterprise_id"
    ) == [
        ("Boulangerie Léonie", 1200, "120000.50"),
        ('Le "Petit" Fournil', 1400, None),
        ("Pain, Thé; Café", 1300, None),
        ("Hôtel de l'Île", 1210000, "1250000.75"),
        ("Hôtel du Château", 1230500, None),
        ("Gîte des Crêtes", None, None),
        ("Auberge Noël", 1215000, None),
        ("Musée de l'Été", 40500, "950.10"),
        ("Musée du Maïs", 41500, None),
        ("Garçon Coiffeur", 39012, None),
        ("Musée Çà & Là", 40000, None),
        ("Boulangerie sans Réseau", 0, None),
    ]
    assert built_from_reference.rows(
        "select raw_table, enterprise_id, reason from rejected_rows order by all"
    ) == [
        ("enterprises", "110", "written_unknown"),
        ("enterprises", "113", "inactive"),
        ("social_accounts", "101", "superseded"),
        ("social_accounts", "113", "inactive"),
        ("social_accounts", "114", "orphan"),
        ("turnover", "101", "superseded"),
    ]


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted({*FORMATS} - {"reference"}))
def test_every_format_gives_the_same_marts(built_from_reference, tmp_path, name):
    # The same project without what it has built: a copy need not be parsed anew.
    project = built_from_reference.copied_to(
        tmp_path / "project", RAW_DATA_DIR=str(FILE_FORMATS / name)
    )
    for made in ("build", "published"):
        shutil.rmtree(project.folder / made)

    run = project.dbt("build")

    assert run.returncode == 0, run.stdout
    assert comparable_marts(project) == comparable_marts(built_from_reference)
