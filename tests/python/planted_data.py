"""Small made-up tables that several test files share."""

import numpy as np
import pandas as pd
from duckdb import DuckDBPyConnection, DuckDBPyRelation
from segmentation.learning.fitting import fit_model
from segmentation.learning.sampling import read_fit_sample
from segmentation.learning.settings import FitSettings

FOLLOWERS = (
    "followers_total",
    "followers_facebook",
    "followers_instagram",
    "followers_tiktok",
)
# Texts that a careless quoting, trimming or null rule would change.
AWKWARD_TEXTS = (
    "Hôtel-Restaurant",
    "L'épicerie d'Aÿ",
    'Bar "Le Zinc"',
    "x'); drop table enterprise_features; --",
    "{0} %s \\n",
    "nan",
    "None",
    "0",
    "",
    " Café ",
)


def make_settings(**changes: object) -> FitSettings:
    """Make the settings of the report's recipe with some changed."""
    values = {
        "numeric_features": FOLLOWERS,
        "categorical_features": ("category_name",),
        "n_clusters": 4,
        "random_state": 42,
        "n_init": 10,
        "scaling": "standard",
        "fit_sample_size": 50_000,
    }
    return FitSettings(**{**values, **changes})


def make_enterprises(count: int, *, seed: int = 0) -> pd.DataFrame:
    """Make skewed follower counts and awkward texts, a tenth of each unknown."""
    random = np.random.default_rng(seed)
    parts = {
        name: np.floor(random.lognormal(mean=6, sigma=2, size=count)).astype(int)
        for name in FOLLOWERS[1:]
    }
    table = pd.DataFrame({"enterprise_id": [f"e{i:04d}" for i in range(count)]})
    table["followers_total"] = sum(parts.values())
    for name, values in parts.items():
        table[name] = values
    table["category_name"] = random.choice(AWKWARD_TEXTS, size=count)
    table["city_name"] = random.choice(["Reims", "Épernay", "Aÿ", "Nice"], size=count)
    table = table.astype(object)
    for name in table.columns[1:]:
        table.loc[random.random(count) < 0.1, name] = None
    return table


def make_planted_groups(*, members: int = 25, seed: int = 0) -> pd.DataFrame:
    """Make four groups, g0 to g3 in their keys, far apart for their width."""
    random = np.random.default_rng(seed)
    rows = []
    for group, centre in enumerate([(0, 0, 0), (900, 0, 0), (0, 900, 0), (0, 0, 900)]):
        for member in range(members):
            parts = [mean + int(random.integers(0, 20)) for mean in centre]
            rows.append((f"g{group}-{member:03d}", sum(parts), *parts, "bar", "Nice"))
    table = pd.DataFrame(
        rows, columns=["enterprise_id", *FOLLOWERS, "category_name", "city_name"]
    )
    return table.astype(object)


def load_enterprises(
    connection: DuckDBPyConnection, table: pd.DataFrame
) -> DuckDBPyRelation:
    """Store the rows as the feature table, in the order in which they come."""
    followers = ", ".join(f"{name} bigint" for name in FOLLOWERS)
    connection.execute(
        "create or replace table enterprise_features (enterprise_id varchar,"
        f" {followers}, category_name varchar, city_name varchar)"
    )
    connection.register("given", table)
    connection.execute("insert into enterprise_features select * from given")
    connection.unregister("given")
    return connection.table("enterprise_features")


def fit_on(features: DuckDBPyRelation, settings: FitSettings):
    """Fit as the dbt model does: on the sample that is read of the feature table."""
    return fit_model(read_fit_sample(features, settings=settings), settings=settings)
