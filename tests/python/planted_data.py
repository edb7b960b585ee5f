"""Small made-up tables that several test files share."""

import numpy as np
import pandas as pd
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
    "distinctive_chance": 0.01,
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


def as_sample(enterprises: pd.DataFrame) -> pd.DataFrame:
    """Turn planted enterprises into a sample as read_sample returns it."""
    sample = enterprises.rename(columns={"enterprise_id": "member_id"})
    sample = sample.sort_values("member_id", ignore_index=True)
    for kind in ("Float64", float):
        sample = sample.astype(dict.fromkeys(FOLLOWERS, kind))
    texts = sample["category_name"].astype(object)
    return sample.assign(category_name=texts.where(texts.notna(), None))


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


def make_ring(*, width: float = 1) -> np.ndarray:
    """Make four heaps of eight points, which two clusters cut in either direction.

    A little wider than high: cutting the ring into left and right is a little better
    than into UPPER_AND_LOWER.
    """
    heaps = np.repeat([(x, y) for x in (0.0, 101.0) for y in (0, 100)], 8, axis=0)
    return (heaps + np.tile(np.arange(8), 4)[:, None]) * (width, 1)


UPPER_AND_LOWER = np.tile(np.repeat([0, 1], 8), 2)
