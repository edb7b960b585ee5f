"""Proof that the made-up clients carry the report's structure.

The figures are those of the report's tables 4.2 and 4.3; the recipe is the report's
too: mean imputation and standard scaling of four follower counts, most frequent
imputation and one-hot encoding of the category, k-means with four clusters.
"""

from collections import Counter
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.metrics import adjusted_rand_score
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

NUMERIC_FEATURES = [
    "followers_total",
    "followers_facebook",
    "followers_instagram",
    "followers_tiktok",
]
REPORT_SIZES = {0: 150, 1: 3, 2: 25, 3: 243}
REPORT_MEANS = {
    0: ("2545.7", "1844.0", "701.7", "0.0"),
    1: ("81680.0", "80333.3", "1346.7", "0.0"),
    2: ("5436.4", "2717.7", "2718.6", "0.0"),
    3: ("576.9", "485.7", "91.2", "0.0"),
}
REPORT_CATEGORIES = {
    0: [
        ("LOISIRS & ACTIVITÉS", 27),
        ("RESTAURATION & BOISSONS", 22),
        ("Produits locaux", 15),
    ],
    1: [("COMMERCE & BOUTIQUES", 1), ("Institut de beauté", 1), ("Librairie", 1)],
    2: [
        ("Sport", 6),
        ("LOISIRS & ACTIVITÉS", 4),
        ("RESTAURATION & BOISSONS", 3),
    ],
    3: [
        ("Produits locaux", 16),
        ("RESTAURATION & BOISSONS", 16),
        ("Automobile", 13),
    ],
}
SMALLEST_MARGIN = 0.02
# A mean this near to a rounding edge could print differently elsewhere.
ROUNDING_CLEARANCE = Decimal("0.002")


def require(condition: bool, message: str) -> None:
    """Raise `ValueError` with the message unless the condition holds."""
    if not condition:
        raise ValueError(f"The planted structure is broken: {message}.")


def make_recipe(*, random_state: int = 42, n_init: int = 10) -> Pipeline:
    """Return the report's recipe, unfitted."""
    numeric = Pipeline([("impute", SimpleImputer()), ("scale", StandardScaler())])
    categorical = Pipeline(
        [
            ("impute", SimpleImputer(strategy="most_frequent")),
            (
                "encode",
                OneHotEncoder(handle_unknown="ignore", sparse_output=False),
            ),
        ]
    )
    columns = ColumnTransformer(
        [
            ("numeric", numeric, NUMERIC_FEATURES),
            ("categorical", categorical, ["category_name"]),
        ]
    )
    kmeans = KMeans(n_clusters=4, n_init=n_init, random_state=random_state)
    return Pipeline([("columns", columns), ("kmeans", kmeans)])


def fit_features(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the features of the fit, unknown values as NaN, in the given order."""
    features = frame[NUMERIC_FEATURES].astype("float64")
    category = frame["category_name"].astype("object")
    features["category_name"] = category.where(category.notna(), np.nan)
    return features


def assignment_margins(frame: pd.DataFrame) -> np.ndarray:
    """Return how clearly each enterprise belongs to its cluster.

    Returns
    -------
    numpy.ndarray of shape (n_enterprises,)
        (runner-up distance - distance) / (runner-up distance + distance), in 0..1.
    """
    features = fit_features(frame)
    distances = np.sort(make_recipe().fit(features).transform(features), axis=1)
    nearest, runner_up = distances[:, 0], distances[:, 1]
    return (runner_up - nearest) / (runner_up + nearest)


def check_means(report_cluster: int, group: pd.DataFrame) -> None:
    """Require the report's printed means, far from every rounding edge."""
    for column, printed in zip(
        NUMERIC_FEATURES, REPORT_MEANS[report_cluster], strict=True
    ):
        known = [int(value) for value in group[column].dropna()]
        mean = Decimal(sum(known)) / len(known)
        roundings = {
            str(mean.quantize(Decimal("0.1"), rounding=ROUND_HALF_EVEN)),
            str(mean.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)),
            str(round(sum(known) / len(known), 1)),
        }
        where = f"mean {column} of report cluster {report_cluster}"
        require(roundings == {printed}, f"{where} is {mean}, not {printed}")
        clearance = Decimal("0.05") - abs(mean - Decimal(printed))
        require(clearance >= ROUNDING_CLEARANCE, f"{where} is near a rounding edge")


def check_categories(report_cluster: int, group: pd.DataFrame, imputed: str) -> None:
    """Require the report's leading categories, with and without imputation."""
    counts = Counter(group["category_name"].dropna())
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    leading = REPORT_CATEGORIES[report_cluster]
    where = f"report cluster {report_cluster}"
    require(ranked[:3] == leading, f"{where} leads with {ranked[:3]}")
    third = leading[2][1]
    require(
        all(count < third for _, count in ranked[3:]),
        f"a fourth category of {where} is as frequent as the third",
    )
    null_count = int(group["category_name"].isna().sum())
    require(
        null_count < third and null_count <= {1: 0, 2: 1}.get(report_cluster, third),
        f"{where} has {null_count} unknown categories",
    )
    counts[imputed] += null_count
    first = min(counts.items(), key=lambda item: (-item[1], item[0]))[0]
    require(first == leading[0][0], f"imputation makes {first} the first of {where}")


def check_partition(frame: pd.DataFrame) -> None:
    """Require that k-means finds the groups, whatever the seed and the row order."""
    features = fit_features(frame)
    planted = frame["report_cluster"].to_numpy()
    for n_init in (5, 10, 20):
        labels = make_recipe(n_init=n_init).fit_predict(features)
        require(
            adjusted_rand_score(planted, labels) == 1.0,
            f"k-means with n_init {n_init} finds other groups",
        )
    for random_state in range(20):
        labels = make_recipe(random_state=random_state).fit_predict(features)
        require(
            adjusted_rand_score(planted, labels) == 1.0,
            f"k-means with random_state {random_state} finds other groups",
        )
        shuffled = features.sample(frac=1, random_state=random_state)
        labels = make_recipe().fit_predict(shuffled)
        require(
            adjusted_rand_score(planted[shuffled.index], labels) == 1.0,
            f"k-means finds other groups in row order {random_state}",
        )


def assert_planted_structure(frame: pd.DataFrame) -> None:
    """Require that the planted enterprises carry the report's structure.

    Parameters
    ----------
    frame
        The planted enterprises, as `planted_enterprises` returns them.

    Raises
    ------
    ValueError
        If a size, a mean, a leading category or the partition differs from the
        report's, or if an enterprise lies too near to a second cluster.
    """
    frame = frame.sort_values("enterprise_id", ignore_index=True)
    sizes = frame["report_cluster"].value_counts().to_dict()
    require(sizes == REPORT_SIZES, f"the group sizes are {sizes}")
    names = frame["category_name"].dropna()
    # The smallest of several most frequent categories, as scikit-learn imputes.
    imputed = names.mode().min()
    for report_cluster, group in frame.groupby("report_cluster"):
        check_means(report_cluster, group)
        check_categories(report_cluster, group, imputed)
    check_partition(frame)
    margin = assignment_margins(frame).min()
    require(margin >= SMALLEST_MARGIN, f"the smallest margin is {margin:.4f}")
