"""What docs/bi_guide.md says of SQLAlchemy; a pool keeps a connection as any reader."""

import shutil

import pytest
import sqlalchemy

READ_ONLY = {"connect_args": {"read_only": True}}


@pytest.mark.filterwarnings("ignore::duckdb_engine.DuckDBEngineWarning")
@pytest.mark.parametrize(
    ("query", "options"), [("", READ_ONLY), ("?access_mode=READ_ONLY", {})]
)
def test_sqlalchemy_reads_tables_and_descriptions_and_cannot_write(
    built, tmp_path, query, options
):
    # A copy, for in one process its settings must not differ.
    path = shutil.copy(built.published, tmp_path)
    engine = sqlalchemy.create_engine(f"duckdb:///{path}{query}", **options)
    metadata = sqlalchemy.MetaData()
    metadata.reflect(engine)
    assert sorted(
        (table.name, table.comment, column.name, column.comment)
        for table in metadata.sorted_tables
        for column in table.columns
    ) == sorted(
        built.rows(
            "select table_name, tables.comment, column_name, columns.comment"
            " from duckdb_tables() as tables"
            " inner join duckdb_columns() as columns using (table_name)"
        )
    )
    with (
        engine.connect() as connection,
        pytest.raises(sqlalchemy.exc.ProgrammingError, match="read-only"),
    ):
        connection.execute(sqlalchemy.text("create table mine as select 1 as one"))
    engine.dispose()
