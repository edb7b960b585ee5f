"""What a Python model returns has the promised column types, whatever the values."""

import duckdb
import numpy as np
import pandas as pd
import pytest
from segmentation.learning.typed_table import empty_table, typed_table

TYPES = {
    "name": "varchar",
    "position": "integer",
    "value": "double",
    "is_new": "boolean",
    "fitted_at": "timestamp",
}


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        yield connection


def types_of(relation):
    return {
        name: str(type_).lower()
        for name, type_ in zip(relation.columns, relation.types, strict=True)
    }


def test_nan_none_and_nat_become_null_in_every_type(connection):
    rows = pd.DataFrame(
        {
            "name": ["a", None, np.nan],
            "position": [1, np.nan, None],
            "value": [0.1, np.nan, None],
            "is_new": [True, None, np.nan],
            "fitted_at": [pd.Timestamp("2024-01-31"), pd.NaT, None],
        }
    )

    table = typed_table(connection, rows, TYPES)

    assert types_of(table) == TYPES
    first, *others = table.fetchall()
    assert first == ("a", 1, 0.1, True, pd.Timestamp("2024-01-31"))
    assert others == [(None,) * 5] * 2


def test_types_are_as_promised_where_no_value_is_known(connection):
    """A guess would change with the values, and break what reads the table."""
    rows = pd.DataFrame({name: [None, None] for name in TYPES})

    assert types_of(typed_table(connection, rows, TYPES)) == TYPES


def test_columns_come_in_the_promised_order_and_others_are_left_out(connection):
    rows = pd.DataFrame({"value": [2.0], "comment": ["x"], "position": [1.0]})

    table = typed_table(connection, rows, {"position": "integer", "value": "double"})

    assert table.columns == ["position", "value"]
    assert table.fetchall() == [(1, 2.0)]


def test_a_number_keeps_every_bit_and_a_text_that_looks_like_one_stays_text(connection):
    numbers = [0.1 + 0.2, 1e-300, -0.0, 2**53 - 1.0, np.nextafter(1, 2)]
    rows = pd.DataFrame({"value": numbers, "name": ["1", "nan", "None", "", "1.0"]})

    table = typed_table(connection, rows, {"value": "double", "name": "varchar"})

    values, names = zip(*table.fetchall(), strict=True)
    assert np.array(values).tobytes() == np.array(numbers).tobytes()
    assert list(names) == ["1", "nan", "None", "", "1.0"]


@pytest.mark.parametrize("place", [0, 1, 1_234, 4_999])
def test_one_value_in_a_long_column_of_unknown_ones_is_found(connection, place):
    """DuckDB guesses the type of a pandas column from a part of its rows."""
    values, names = [None] * 5_000, [None] * 5_000
    values[place], names[place] = 2.5, "a"
    rows = pd.DataFrame({"value": values, "name": names})

    table = typed_table(connection, rows, {"value": "double", "name": "varchar"})

    assert table.filter("name is not null").fetchall() == [(2.5, "a")]
    assert table.filter("value is not null").count("*").fetchall() == [(1,)]


@pytest.mark.parametrize("make", ["from no rows", "from nothing"])
def test_a_table_without_rows_has_the_promised_types(connection, make):
    """`dbt build --empty` must make the same table as any other run."""
    if make == "from no rows":
        table = typed_table(connection, pd.DataFrame(columns=list(TYPES)), TYPES)
    else:
        table = empty_table(connection, TYPES)

    assert types_of(table) == TYPES
    assert table.fetchall() == []
