"""The sample that a model is fitted on, and what a fit asks of it.

Checked before a build too: without scikit-learn, which takes a second to import.
"""

import pandas as pd
from duckdb import DuckDBPyRelation
from pandas.api.types import is_numeric_dtype

from segmentation.errors import SegmentationError
from segmentation.learning.settings import FitSettings
from segmentation.sql_text import quoted


def read_sample(
    sample: DuckDBPyRelation, *, settings: FitSettings, size: int | None = None
) -> pd.DataFrame:
    """Read the members of a sample, or the first ones by rank, ordered by their key.

    Numeric features as float64 with NaN where unknown, categorical ones as object with
    None: what SimpleImputer replaces.
    """
    if size is not None:
        sample = sample.filter(f"sample_rank <= {size}")
    columns = ", ".join(["member_id", *map(quoted, settings.features)])
    rows = sample.project(columns).order("member_id").df()
    for name in settings.categorical_features:
        texts = rows[name].astype(object)
        rows[name] = texts.where(texts.notna(), None)
    return rows


def check_columns(
    features: DuckDBPyRelation, *, key: str, table: str, settings: FitSettings
) -> None:
    """Refuse features that are no columns of the table, or of the wrong type."""
    types = dict(zip(features.columns, map(str, features.types), strict=True))
    for name in settings.features:
        if name not in types:
            raise SegmentationError(
                f"The feature {name!r} is not a column of {table}: correct"
                " numeric_features or categorical_features, or add the column there."
                f" Its columns are {', '.join(types)}."
            )
    if key in settings.features:
        raise SegmentationError(
            f"The key {key!r} is no feature: take it out of numeric_features and"
            " categorical_features. Every member would be a group of its own."
        )
    numbers = ", ".join(map(quoted, settings.numeric_features))
    kinds = features.project(numbers).limit(0).df().dtypes
    for name in settings.numeric_features:
        # Whatever else a column is, k-means cannot average it.
        if not is_numeric_dtype(kinds[name]):
            raise SegmentationError(
                f"The numeric feature {name!r} is of type {types[name]}: move it to"
                " categorical_features or name a numeric column."
            )


def check_member_count(member_count: int, *, settings: FitSettings) -> None:
    """Refuse to fit on fewer members than there are to be clusters."""
    if member_count < settings.n_clusters:
        raise SegmentationError(
            f"The feature table has {member_count} members, fewer than n_clusters ="
            f" {settings.n_clusters}: lower n_clusters, see in the intermediate tables"
            " int_*_disposed why raw rows were not used, or do without: take the entry"
            " out of the variable segmentations."
        )


def check_different_count(different_count: int, *, settings: FitSettings) -> None:
    """Refuse to fit on members of which too few differ in their features."""
    if different_count < settings.n_clusters:
        raise SegmentationError(
            f"The members have only {different_count} different feature values, fewer"
            f" than n_clusters = {settings.n_clusters}: lower n_clusters, or check"
            " that the numbers were read (see rejected_rows)."
        )
