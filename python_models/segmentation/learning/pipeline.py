"""The scikit-learn pipeline that a fit consists of, on one thread."""

from math import log

import numpy as np
from sklearn.cluster import KMeans
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    MinMaxScaler,
    OneHotEncoder,
    QuantileTransformer,
    RobustScaler,
    StandardScaler,
)
from threadpoolctl import threadpool_limits

from segmentation.learning.settings import FitSettings

_SCALERS = {
    "standard": StandardScaler,
    "minmax": MinMaxScaler,
    "robust": RobustScaler,
    "ranks": StandardScaler,
    "none": FunctionTransformer,
}
# Ranks are told by so many quantiles of a feature, or by one per member of fewer.
QUANTILE_COUNT = 1_000


def use_one_thread() -> None:
    """Limit BLAS and OpenMP to one thread, from here on.

    Sums that several threads make end in whatever order the threads do, and their last
    bits differ: a fit would never learn the same twice. OpenMP's limit belongs to the
    calling thread: whatever computes calls this first, in whichever thread dbt runs it.
    BLAS's belongs to the process, and is not lifted again: of two threads the first to
    end would lift it under the other. The database engine's threads are not concerned.
    """
    threadpool_limits(limits=1)


def build_pipeline(
    settings: FitSettings, *, row_count: int, is_sparse: bool = False
) -> Pipeline:
    """Build the pipeline of the settings, unfitted: ``features``, then ``clusters``.

    Numeric features: the logarithm where asked for, mean imputation, then scaling
    where asked for; ranks are shares of the ``row_count`` rows of the fit, from 0 to 1,
    and standardised. Categorical ones: most frequent value, then one column per level,
    none for a level that the fit has not seen; sparse for more levels than memory
    allows. Then k-means with the settings' seed and number of starts.
    """
    blocks = {
        block: (_numeric_steps(block, settings, row_count=row_count), names)
        for block, names in numeric_blocks(settings).items()
    }
    if settings.categorical_features:
        impute = SimpleImputer(
            missing_values=None, strategy="most_frequent", keep_empty_features=True
        )
        encode = OneHotEncoder(handle_unknown="ignore", sparse_output=is_sparse)
        steps = Pipeline([("impute", impute), ("encode", encode)])
        blocks["categorical"] = (steps, list(settings.categorical_features))
    features = ColumnTransformer(
        [(block, *steps_and_names) for block, steps_and_names in blocks.items()],
        sparse_threshold=1.0 if is_sparse else 0.0,
        transformer_weights={"categorical": settings.categorical_weight}
        if settings.categorical_features
        else None,
    )
    clusters = KMeans(
        n_clusters=settings.n_clusters,
        n_init=settings.n_init,
        random_state=settings.random_state,
    )
    return Pipeline([("features", features), ("clusters", clusters)])


def numeric_blocks(settings: FitSettings) -> dict[str, list[str]]:
    """Numeric features by how they enter, in the order of the fitted space."""
    blocks: dict[str, list[str]] = {"numeric": [], "log": [], "unscaled": []}
    for name in settings.numeric_features:
        is_unscaled = name in settings.unscaled_features
        block = "log" if name in settings.log1p_features else "numeric"
        blocks["unscaled" if is_unscaled else block].append(name)
    return {block: names for block, names in blocks.items() if names}


def log1p_of_count(values: np.ndarray) -> np.ndarray:
    """Natural logarithm of 1 + value, so that 0 stays 0; NaN for what is no count.

    By the C library, as the database engine takes it, to the bit: NumPy's own differs
    in the last one, and a rank jumps where a value no longer equals its quantile.
    """
    values = np.asarray(values, dtype=float)
    logarithms, is_count = np.full_like(values, np.nan), values >= 0
    logarithms[is_count] = [*map(log, (1 + values[is_count]).tolist())]
    return logarithms


def _numeric_steps(block: str, settings: FitSettings, *, row_count: int) -> Pipeline:
    # keep_empty_features: a column without any known value stays, as 0.
    steps = [("impute", SimpleImputer(strategy="mean", keep_empty_features=True))]
    if block == "log":
        steps.insert(0, ("transform", FunctionTransformer(log1p_of_count)))
    scaling = "none" if block == "unscaled" else settings.scaling
    if scaling == "ranks":
        count = min(QUANTILE_COUNT, row_count)
        ranking = QuantileTransformer(n_quantiles=count, subsample=None)
        steps.append(("rank", ranking))
    return Pipeline([*steps, ("scale", _SCALERS[scaling]())])
