"""Which enterprises a model is fitted on, and in which order."""

import pandas as pd
from duckdb import DuckDBPyRelation

from segmentation.errors import SegmentationError
from segmentation.learning.settings import FitSettings
from segmentation.sql_text import finite, quoted

# Whatever else a column is, k-means cannot average it.
NUMERIC_TYPES = (
    *("BIGINT", "BOOLEAN", "DECIMAL", "DOUBLE", "FLOAT", "HUGEINT", "INTEGER"),
    *("SMALLINT", "TINYINT", "UBIGINT", "UHUGEINT", "UINTEGER", "USMALLINT"),
    "UTINYINT",
)


def read_fit_sample(
    features: DuckDBPyRelation, *, settings: FitSettings
) -> pd.DataFrame:
    """Read the enterprises to fit on, ordered by their key.

    The sample is the ``fit_sample_size`` enterprises with the smallest md5 of
    their key: the same ones next month, whatever else was added.

    Parameters
    ----------
    features : duckdb.DuckDBPyRelation
        ``enterprise_features``, one row per active enterprise.
    settings : FitSettings
        Names the columns and bounds the sample.

    Returns
    -------
    pandas.DataFrame, shape (at most fit_sample_size, 1 + n_features)
        ``enterprise_id`` and the features: numeric ones as float64 with NaN where
        unknown (or infinite), categorical ones as object with None.

    Raises
    ------
    SegmentationError
        If a feature is not a column of the relation or a numeric one is no number.
    """
    check_columns(features, settings=settings)
    numeric = [
        f"{finite(name)} as {quoted(name)}" for name in settings.numeric_features
    ]
    categorical = [
        f"cast({quoted(name)} as varchar) as {quoted(name)}"
        for name in settings.categorical_features
    ]
    sample = (
        features.order("md5(enterprise_id), enterprise_id")
        .limit(settings.fit_sample_size)
        .project(", ".join(["enterprise_id", *numeric, *categorical]))
        .order("enterprise_id")
        .df()
    )
    for name in settings.categorical_features:
        texts = sample[name].astype(object)
        sample[name] = texts.where(texts.notna(), None)
    return sample


def check_columns(features: DuckDBPyRelation, *, settings: FitSettings) -> None:
    """Refuse features that are no columns of the table, or of the wrong type.

    Raises
    ------
    SegmentationError
        Names the feature, the remedy and the columns there are.
    """
    types = dict(zip(features.columns, map(str, features.types), strict=True))
    for name in settings.numeric_features + settings.categorical_features:
        if name not in types:
            raise SegmentationError(
                f"The feature {name!r} is not a column of enterprise_features: correct"
                " numeric_features or categorical_features, or add the column there."
                f" Its columns are {', '.join(types)}."
            )
    if "enterprise_id" in settings.categorical_features:
        raise SegmentationError(
            "The key 'enterprise_id' is no feature: take it out of"
            " categorical_features. Every enterprise would be a category of its own."
        )
    for name in settings.numeric_features:
        if types[name].split("(")[0] not in NUMERIC_TYPES:
            raise SegmentationError(
                f"The numeric feature {name!r} is of type {types[name]}: move it to"
                " categorical_features or name a numeric column."
            )


def has_columns(features: DuckDBPyRelation, *, settings: FitSettings) -> bool:
    """Tell whether the table still has what a model of these settings needs."""
    try:
        check_columns(features, settings=settings)
    except SegmentationError:
        return False
    return True
