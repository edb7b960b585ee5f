"""The scikit-learn pipeline that a fit consists of."""

import numpy as np
from sklearn.cluster import KMeans
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    MinMaxScaler,
    OneHotEncoder,
    RobustScaler,
    StandardScaler,
)

from segmentation.learning.settings import FitSettings

_SCALERS = {
    "standard": StandardScaler,
    "minmax": MinMaxScaler,
    "robust": RobustScaler,
    "none": FunctionTransformer,
}


def build_pipeline(
    settings: FitSettings,
    *,
    cluster_count: int | None = None,
    is_sparse: bool = False,
) -> Pipeline:
    """Build the pipeline of the settings, unfitted.

    Numeric features: the logarithm where asked for, mean imputation, then scaling
    where asked for. Categorical ones: most frequent value, then one column per
    category, none for a category that the fit has not seen. Then k-means with the
    settings' seed and number of starts.

    Parameters
    ----------
    settings : FitSettings
        The features and the parameters.
    cluster_count : int, optional
        Clusters for k-means to make, if not ``settings.n_clusters``.
    is_sparse : bool, default False
        Keep the transformed table sparse: for more categories than memory allows.

    Returns
    -------
    sklearn.pipeline.Pipeline
        Steps ``features`` (ColumnTransformer of the blocks ``numeric``, ``log``,
        ``unscaled`` and ``categorical``, without those that have no feature) and
        ``clusters`` (KMeans).
    """
    transformers = [
        (block, _numeric_block(block, settings), names)
        for block, names in numeric_blocks(settings).items()
    ]
    if settings.categorical_features:
        transformers.append(
            (
                "categorical",
                _categorical_block(is_sparse=is_sparse),
                list(settings.categorical_features),
            )
        )
    return Pipeline(
        [
            (
                "features",
                ColumnTransformer(
                    transformers,
                    sparse_threshold=1.0 if is_sparse else 0.0,
                    transformer_weights={"categorical": settings.category_weight}
                    if settings.categorical_features
                    else None,
                ),
            ),
            (
                "clusters",
                KMeans(
                    n_clusters=cluster_count or settings.n_clusters,
                    n_init=settings.n_init,
                    random_state=settings.random_state,
                ),
            ),
        ]
    )


def numeric_blocks(settings: FitSettings) -> dict[str, list[str]]:
    """Numeric features by how they enter, in the order of the fitted space."""
    blocks: dict[str, list[str]] = {"numeric": [], "log": [], "unscaled": []}
    for name in settings.numeric_features:
        if name in settings.log_features:
            blocks["log"].append(name)
        elif name in settings.unscaled_features:
            blocks["unscaled"].append(name)
        else:
            blocks["numeric"].append(name)
    return {block: names for block, names in blocks.items() if names}


def log_of_positive(values: np.ndarray) -> np.ndarray:
    """Natural logarithm of positive values, NaN for all others."""
    values = np.asarray(values, dtype=float)
    return np.log(values, out=np.full_like(values, np.nan), where=values > 0)


def _numeric_block(block: str, settings: FitSettings) -> Pipeline:
    # keep_empty_features: a column without any known value stays, as 0.
    steps = [("impute", SimpleImputer(strategy="mean", keep_empty_features=True))]
    if block == "log":
        steps.insert(0, ("transform", FunctionTransformer(log_of_positive)))
    scaling = "none" if block == "unscaled" else settings.scaling
    return Pipeline([*steps, ("scale", _SCALERS[scaling]())])


def _categorical_block(*, is_sparse: bool) -> Pipeline:
    return Pipeline(
        [
            (
                "impute",
                SimpleImputer(
                    missing_values=None,
                    strategy="most_frequent",
                    keep_empty_features=True,
                ),
            ),
            ("encode", OneHotEncoder(handle_unknown="ignore", sparse_output=is_sparse)),
        ]
    )
