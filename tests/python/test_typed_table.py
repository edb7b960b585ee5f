"""What a Python model returns has the promised column types, whatever the values."""

from datetime import datetime

import duckdb
import numpy as np
import pandas as pd
import pytest
from segmentation.typed_table import typed_table

TYPES = {
    "name": "varchar",
    "position": "integer",
    "value": "double",
    "is_new": "boolean",
    "fitted_at": "timestamp",
}
NUMBERS = [0.1 + 0.2, 1e-300, -0.0, 2**53 - 1.0, float(np.nextafter(1, 2))]
DAY = datetime(2024, 1, 31)
LATE = {"value": 2.5, "name": "a"}
TEXTS = ["1", "nan", "None", "", "1.0"]


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        pytest.param(
            {
                "name": ["a", None, np.nan],
                "position": [1, np.nan, None],
                "value": [0.1, np.nan, None],
                "is_new": [True, None, np.nan],
                "fitted_at": [DAY, pd.NaT, None],
            },
            [("a", 1, 0.1, True, DAY), (None,) * 5, (None,) * 5],
            id="NaN, None and NaT are NULL",
        ),
        pytest.param(
            {name: [None] for name in TYPES}, [(None,) * 5], id="no value is known"
        ),
        pytest.param(
            {"value": [2.0], "comment": ["x"], "position": [1.0]},
            [(None, 1, 2.0, None, None)],
            id="other columns are left out, and those that lack are NULL",
        ),
        pytest.param(
            {"value": NUMBERS, "name": TEXTS},
            [(n, None, v, None, None) for n, v in zip(TEXTS, NUMBERS, strict=True)],
            id="a text that looks like a number stays text",
        ),
        # DuckDB guesses the type of a pandas column from a part of its rows.
        pytest.param(
            {name: [None] * 1_234 + [value] for name, value in LATE.items()},
            [(None,) * 5] * 1_234 + [("a", None, 2.5, None, None)],
            id="the one known value comes late in a long column",
        ),
        pytest.param({}, [], id="no rows: dbt build --empty makes the same table"),
    ],
)
def test_a_table_has_the_promised_types_and_its_values_to_the_bit(columns, expected):
    with duckdb.connect() as connection:
        table = typed_table(connection, pd.DataFrame(columns), TYPES)
        assert table.columns == list(TYPES)
        assert [str(type_).lower() for type_ in table.types] == list(TYPES.values())
        assert repr(table.fetchall()) == repr(expected)
