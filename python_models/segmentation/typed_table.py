"""Tables with stated column types for dbt Python models to return.

pandas guesses types from values, so a column may be int32 today and int64 tomorrow;
here every column is cast to the type that its model promises.
"""

import pandas as pd
from duckdb import DuckDBPyConnection, DuckDBPyRelation


def typed_table(
    connection: DuckDBPyConnection, rows: pd.DataFrame, column_types: dict[str, str]
) -> DuckDBPyRelation:
    """Cast the columns of a data frame, in the order of ``column_types``.

    A missing column, and NaN in a text column or a numeric one, become NULL.
    """
    objects = rows.reindex(columns=list(column_types)).astype(object)
    return connection.from_df(objects.where(objects.notna(), None)).project(
        ", ".join(
            f"cast({name} as {column_type}) as {name}"
            for name, column_type in column_types.items()
        )
    )
