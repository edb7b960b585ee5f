"""Small made-up tables that several test files share."""

import json

import numpy as np
import pandas as pd
from duckdb import DuckDBPyConnection, DuckDBPyRelation
from segmentation.evaluation.evaluating import COLUMN_TYPES as FIGURE_COLUMN_TYPES
from segmentation.evaluation.evaluating import evaluate_segmentation
from segmentation.learning.emitting import fit_segmentation
from segmentation.learning.model_rows import COLUMN_TYPES as MODEL_COLUMN_TYPES
from segmentation.learning.settings import FitSettings, Variables, read_variables

FOLLOWERS = (
    *("followers_total", "followers_facebook"),
    *("followers_instagram", "followers_tiktok"),
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
VARIABLES = {
    "features": "enterprise_features",
    "key": "enterprise_id",
    "recipe": "report",
    "numeric_features": list(FOLLOWERS),
    "categorical_features": ["category_name"],
    "scaling": "standard",
    "n_clusters": 4,
    "random_state": 42,
    "n_init": 10,
    "fit_sample_size": 50_000,
    "identified_by": list(FOLLOWERS),
    "refit": "auto",
    "refit_after_days": 365,
    "refit_below_ari": 0.8,
    "refit_minimum_gain": 0.05,
    "identity_distance_limit": 0.5,
    "projection_variance_share": 0.85,
    "evaluate": True,
    "evaluation_sample_size": 2000,
    "evaluate_after_days": 30,
    "minimum_cluster_size": 5,
    "minimum_stability_ari": 0.8,
    "as_of": "2026-01-31T12:00:00",
}


def make_settings(**changes: object) -> FitSettings:
    """Make the settings of the study's recipe with some changed."""
    return FitSettings.from_variables(VARIABLES | changes)


def make_variables(**changes: object) -> Variables:
    """Read the variables of a segmentation called planted, with some changed."""
    return read_variables("planted", VARIABLES | changes)


def make_sample(**columns: list) -> pd.DataFrame:
    """Make a sample of these columns as read_sample returns it."""
    count = len(next(iter(columns.values())))
    sample = pd.DataFrame({"member_id": [f"e{i:04d}" for i in range(count)]})
    for name, values in columns.items():
        # A text column as objects: the text type of pandas would make NaN of None.
        is_text = any(isinstance(value, str) or value is None for value in values)
        sample[name] = pd.Series(values, dtype=object if is_text else float)
    return sample


def make_members(count: int, *, seed: int = 0) -> pd.DataFrame:
    """Make skewed counts and awkward texts, a tenth of each unknown."""
    random = np.random.default_rng(seed)
    parts = {
        name: np.floor(random.lognormal(mean=6, sigma=2, size=count))
        for name in FOLLOWERS[1:]
    }
    table = pd.DataFrame({"member_id": [f"e{i:04d}" for i in range(count)]})
    table = table.assign(followers_total=sum(parts.values()), **parts)
    for name, texts in (
        ("category_name", AWKWARD_TEXTS),
        ("city_name", ["Reims", "Épernay", "Aÿ", "Nice"]),
    ):
        table[name] = pd.Series(random.choice(texts, size=count), dtype=object)
    for name in table.columns[1:]:
        unknown = random.random(count) < 0.1
        table.loc[unknown, name] = np.nan if name in FOLLOWERS else None
    return table


def make_planted_groups(*, members: int = 25) -> pd.DataFrame:
    """Make four groups, g0 to g3 in their keys, far apart for their width."""
    random = np.random.default_rng(0)
    rows = []
    for group, centre in enumerate([(0, 0, 0), (900, 0, 0), (0, 900, 0), (0, 0, 900)]):
        for member in range(members):
            parts = [mean + float(random.integers(0, 20)) for mean in centre]
            rows.append((f"g{group}-{member:03d}", sum(parts), *parts, "bar", "Nice"))
    columns = ["member_id", *FOLLOWERS, "category_name", "city_name"]
    texts = dict.fromkeys(columns[5:], object)
    return pd.DataFrame(rows, columns=columns).astype(texts)


class Publication:
    """A segmentation called planted, its fit, and what is published of it."""

    def __init__(self, connection: DuckDBPyConnection, **variables: object) -> None:
        self.connection, self.variables = connection, VARIABLES | variables
        model, figures = (
            ", ".join(f"{name} {type_}" for name, type_ in types.items())
            for types in (MODEL_COLUMN_TYPES, FIGURE_COLUMN_TYPES)
        )
        key = "(segmentation varchar, fit_id int"
        connection.execute(
            f"create table fits {key}, fitted_at timestamp, fingerprint varchar);"
            f"create table parameters {key}, {model});"
            f"create table loadings {key}, component int, position int, loading double,"
            " column_mean double, explained_variance_share double);"
            f"create table evaluation {key}, evaluated_at timestamp, {figures});"
        )

    def _variables(self, changes: dict[str, object]) -> DuckDBPyRelation:
        return self.connection.sql(
            "select 'planted' as segmentation, ? as variables",
            params=[json.dumps(self.variables | changes)],
        )

    def fit(self, sample: pd.DataFrame, **changes: object) -> DuckDBPyRelation:
        """Fit the sample, ranked by its rows, as a build does."""
        ranked = self.connection.from_df(sample)
        ranked = ranked.project("*, row_number() over () as sample_rank")
        self.connection.execute("drop table if exists members")
        ranked.create("members")
        table = fit_segmentation(
            "planted",
            variables=self._variables(changes),
            sample=self.connection.table("members"),
            published_fits=self.connection.table("fits"),
            published_parameters=self.connection.table("parameters"),
            published_loadings=self.connection.table("loadings"),
            connection=self.connection,
        )
        self.connection.execute("drop table if exists fit")
        table.create("fit")
        return self.connection.table("fit")

    def evaluate(self, **changes: object) -> list[tuple]:
        """Evaluate the fit as a build does."""
        return evaluate_segmentation(
            "planted",
            variables=self._variables(changes),
            sample=self.connection.table("members"),
            fit=self.connection.table("fit"),
            published_fits=self.connection.table("fits"),
            published_evaluation=self.connection.table("evaluation"),
            connection=self.connection,
        ).fetchall()

    def publish(self, *, fitted_at: str, evaluation: list[tuple] = ()) -> None:
        """Publish the fit as number 1, as the engine does."""
        self.connection.execute(
            f"insert into fits select 'planted', 1, '{fitted_at}', text_value from fit"
            " where parameter = 'fingerprint';"
            "insert into parameters select 'planted', 1,"
            f" {', '.join(MODEL_COLUMN_TYPES)} from fit where section = 'model';"
            "insert into loadings select 'planted', 1, component, position, value,"
            " (select value from fit as mean where mean.parameter = 'column_mean'"
            " and mean.position = fit.position), (select value from fit as share where"
            " share.parameter = 'explained_variance_share' and share.component ="
            " fit.component) from fit where parameter = 'loading'"
        )
        for row in evaluation:
            self.connection.execute(
                "insert into evaluation values"
                " ('planted', 1, '2026-01-31 12:00:00', $1, $2, $3, $4, $5)",
                row,
            )
