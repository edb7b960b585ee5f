"""The scikit-learn pipeline that a fit consists of."""

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

from segmentation.settings import FitSettings

_SCALERS = {
    "standard": StandardScaler,
    "minmax": MinMaxScaler,
    "robust": RobustScaler,
    "none": FunctionTransformer,
}


def build_pipeline(settings: FitSettings, *, is_sparse: bool = False) -> Pipeline:
    """Build the report's recipe, unfitted.

    Numeric features: mean imputation, then scaling. Categorical ones: most
    frequent value, then one column per category, none for a category that the fit
    has not seen. Then k-means with the settings' seed and number of starts.

    Parameters
    ----------
    settings : FitSettings
        The features and the parameters.
    is_sparse : bool, default False
        Keep the transformed table sparse: for more categories than memory allows.

    Returns
    -------
    sklearn.pipeline.Pipeline
        Steps ``features`` (ColumnTransformer) and ``clusters`` (KMeans).
    """
    numeric = Pipeline(
        [
            # keep_empty_features: a column without any known value stays, as 0.
            ("impute", SimpleImputer(strategy="mean", keep_empty_features=True)),
            ("scale", _SCALERS[settings.scaling]()),
        ]
    )
    categorical = Pipeline(
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
    transformers = [("numeric", numeric, list(settings.numeric_features))]
    if settings.categorical_features:
        transformers.append(
            ("categorical", categorical, list(settings.categorical_features))
        )
    return Pipeline(
        [
            (
                "features",
                ColumnTransformer(
                    transformers, sparse_threshold=1.0 if is_sparse else 0.0
                ),
            ),
            (
                "clusters",
                KMeans(
                    n_clusters=settings.n_clusters,
                    n_init=settings.n_init,
                    random_state=settings.random_state,
                ),
            ),
        ]
    )
