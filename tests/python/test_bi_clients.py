"""What docs/bi_guide.md says of reading the published file."""

import os
import shutil
from pathlib import Path

import duckdb
import pytest
import sqlalchemy
from dbt_project import DbtProject

READ_ONLY = {"connect_args": {"read_only": True}}


@pytest.fixture
def published(built: DbtProject, tmp_path: Path) -> Path:
    """Copy the published file: in one process its settings must not differ."""
    return Path(shutil.copy(built.published, tmp_path / "segmentation.duckdb"))


@pytest.mark.filterwarnings("ignore::duckdb_engine.DuckDBEngineWarning")
def test_sqlalchemy_shows_tables_and_columns_with_their_descriptions(built, published):
    tables = dict(built.rows("select table_name, comment from duckdb_tables()"))
    columns = built.rows(
        "select table_name, column_name, comment from duckdb_columns()"
        " where not internal order by table_name, column_index"
    )
    engine = sqlalchemy.create_engine(f"duckdb:///{published}", **READ_ONLY)
    inspector = sqlalchemy.inspect(engine)
    assert sorted(inspector.get_table_names()) == sorted(tables)
    assert {
        name: comment["text"]
        for (_, name), comment in inspector.get_multi_table_comment().items()
    } == tables
    assert [
        (table, column["name"], column["comment"])
        for (_, table), described in sorted(inspector.get_multi_columns().items())
        for column in described
    ] == columns
    metadata = sqlalchemy.MetaData()
    metadata.reflect(engine)
    assert {table.name: table.comment for table in metadata.sorted_tables} == tables
    engine.dispose()


@pytest.mark.parametrize(
    ("query", "options"), [("", READ_ONLY), ("?access_mode=READ_ONLY", {})]
)
def test_sqlalchemy_connects_read_only_by_url_and_by_argument(
    published, query, options
):
    engine = sqlalchemy.create_engine(f"duckdb:///{published}{query}", **options)
    count = sqlalchemy.text("select count(*) from enterprise_segments")
    write = sqlalchemy.text("create table mine as select 1 as one")
    with engine.connect() as connection:
        assert connection.execute(count).scalar() == 421
        with pytest.raises(sqlalchemy.exc.ProgrammingError, match="read-only"):
            connection.execute(write)
    engine.dispose()


def put_in_place(published: Path, *, data_set: str) -> None:
    """Put another publication in the place of this one, as a build does."""
    another = published.with_name("another.duckdb")
    shutil.copy(published, another)
    with duckdb.connect(str(another)) as writer:
        writer.execute("update publication set data_set = ?", [data_set])
    os.replace(another, published)


@pytest.mark.parametrize(
    ("pool", "seen"),
    [(sqlalchemy.pool.QueuePool, "before"), (sqlalchemy.pool.NullPool, "another")],
)
def test_a_connection_pool_holds_the_publication_that_it_began_with(
    published, pool, seen
):
    put_in_place(published, data_set="before")
    engine = sqlalchemy.create_engine(
        f"duckdb:///{published}", poolclass=pool, **READ_ONLY
    )

    def data_set() -> str:
        with engine.connect() as connection:
            query = sqlalchemy.text("select data_set from publication")
            return connection.execute(query).scalar()

    assert data_set() == "before"
    put_in_place(published, data_set="another")
    assert data_set() == seen
    engine.dispose()
    assert data_set() == "another"
    engine.dispose()
