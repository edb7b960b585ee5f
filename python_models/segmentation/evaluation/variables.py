"""The variables of the evaluation, the settings and the sample that it looks at."""

from dataclasses import replace

import pandas as pd
from duckdb import DuckDBPyConnection, DuckDBPyRelation

from segmentation.errors import SegmentationError
from segmentation.learning.sampling import read_fit_sample
from segmentation.learning.settings import FitSettings


def check_evaluation_variables(
    *,
    evaluate: bool | str,
    evaluation_sample_size: int | str,
    minimum_cluster_size: int | str,
    minimum_stability_ari: float | str,
) -> None:
    """Refuse variables that the evaluation cannot honour.

    Raises
    ------
    SegmentationError
        Names the variable, its value and what it may be.
    """
    _switch(evaluate)
    _size("evaluation_sample_size", evaluation_sample_size, example=2000)
    _size("minimum_cluster_size", minimum_cluster_size, example=5)
    try:
        is_index = -1 <= float(minimum_stability_ari) <= 1
    except (TypeError, ValueError):
        is_index = False
    if not is_index:
        raise SegmentationError(
            f"The variable minimum_stability_ari is {minimum_stability_ari!r}: write a"
            " number from -1 to 1, such as 0.8."
        )


def read_evaluation_sample(
    features: DuckDBPyRelation,
    *,
    settings: FitSettings,
    evaluate: bool | str,
    evaluation_sample_size: int | str,
) -> pd.DataFrame:
    """Read the enterprises that the evaluation looks at, ordered by their key.

    They are the ``evaluation_sample_size`` enterprises with the smallest md5 of their
    key, the first ones of the sample of a fit: the same whatever the settings.

    Parameters
    ----------
    features : duckdb.DuckDBPyRelation
        ``enterprise_features``, one row per active enterprise.
    settings : FitSettings
        Names the columns.
    evaluate : bool or str
        Whether to look at any at all.
    evaluation_sample_size : int or str
        At most so many enterprises are read.

    Returns
    -------
    pandas.DataFrame
        As :func:`segmentation.learning.sampling.read_fit_sample` returns it.

    Raises
    ------
    SegmentationError
        If ``evaluate`` is neither true nor false or the size is no whole number of at
        least 1.
    """
    is_switched_on = _switch(evaluate)
    size = _size("evaluation_sample_size", evaluation_sample_size, example=2000)
    first = features.order("md5(enterprise_id), enterprise_id").limit(
        size if is_switched_on else 0
    )
    # What the fit may read does not bound what the evaluation looks at.
    unbounded = replace(settings, fit_sample_size=max(size, settings.fit_sample_size))
    return read_fit_sample(first, settings=unbounded)


def read_clusters(
    labels: DuckDBPyRelation, *, sample: pd.DataFrame, connection: DuckDBPyConnection
) -> pd.Series:
    """Read the clusters of the enterprises of a sample, and of no others.

    Parameters
    ----------
    labels : duckdb.DuckDBPyRelation
        ``enterprise_clusters``.
    sample : pandas.DataFrame
        Names the enterprises.
    connection : duckdb.DuckDBPyConnection
        The connection that ``labels`` belongs to.

    Returns
    -------
    pandas.Series
        ``cluster_id`` by ``enterprise_id``.
    """
    keys = connection.from_df(sample[["enterprise_id"]])
    found = labels.join(keys, "enterprise_id").project("enterprise_id, cluster_id")
    return found.df().set_index("enterprise_id")["cluster_id"]


def _switch(evaluate: bool | str) -> bool:
    text = str(evaluate).strip().lower()
    if text not in ("true", "false"):
        raise SegmentationError(
            f"The variable evaluate is {evaluate!r}: use true or false."
        )
    return text == "true"


def _size(variable: str, value: int | str, *, example: int) -> int:
    try:
        size = int(str(value))
    except ValueError:
        size = 0
    if size < 1:
        raise SegmentationError(
            f"The variable {variable} is {value!r}: write a whole number of"
            f" enterprises, such as {example}."
        )
    return size
