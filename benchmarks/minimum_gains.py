"""Compare values of the variable ``refit_minimum_gain`` on simulated years.

Lives through the years of simulate_agency.py with the package alone, without builds:
each month the default policy keeps the model or refits it, and clusters go on as
those of the model before with which they share the majority of members. What is
compared is the share of the members who did not move that keep their group in the
worst month, and how often a year is refitted.

Usage::

    python benchmarks/minimum_gains.py [--output benchmarks/minimum_gains.md]
"""

import argparse
import sys
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

# Lets the script run by its path; pytest knows these folders from pyproject.toml.
sys.path.append(str(Path(__file__).resolve().parents[1] / "python_models"))
sys.path.append(str(Path(__file__).resolve().parents[1] / "tools"))

from compare_months import kept_share
from segmentation.learning.fitting import FittedModel, fit_model
from segmentation.learning.identity import match_by_members
from segmentation.learning.model_rows import model_to_rows
from segmentation.learning.refitting import (
    RefitPolicy,
    StoredModel,
    assess,
    label_sample,
    refit_model,
)
from segmentation.learning.sampling import read_fit_sample
from segmentation.learning.settings import FitSettings
from simulate_agency import COUNTS, Month, simulate_months

GAINS = (0.0, 0.05, 0.1, 0.2, 0.3)
NOISES = (0.03, 0.05, 0.1)
SEEDS = range(1, 7)
MONTH_COUNT = 12
MOVE_MONTH = 7
# The report's recipe, as dbt_project.yml has it.
SETTINGS = FitSettings(
    numeric_features=("followers_total", *COUNTS[:3]),
    categorical_features=("category_name",),
    n_clusters=4,
    random_state=42,
    n_init=10,
    scaling="standard",
    fit_sample_size=50_000,
)


def read_sample(month: Month) -> pd.DataFrame:
    """Read the sample of a fit from the clients of a month."""
    totals = month.enterprises[COUNTS].sum(axis=1, skipna=False)
    with duckdb.connect() as connection:
        features = connection.from_df(month.enterprises.assign(followers_total=totals))
        return read_fit_sample(features, settings=SETTINGS)


def continued_names(
    names: dict[int, str], *, before: np.ndarray, after: np.ndarray, fit: int
) -> dict[int, str]:
    """Name the clusters of a refit after those with which they share the majority."""
    shared = pd.crosstab(after, before)
    matches = match_by_members(
        shared.to_numpy(), cluster_sizes=shared.sum(axis=1).to_numpy()
    )
    return {
        cluster: names[shared.columns[matches[i]]] if i in matches else f"{fit}.{i}"
        for i, cluster in enumerate(shared.index)
    }


def live_a_year(months: list[Month], *, minimum_gain: float) -> tuple[float, int]:
    """Keep or refit the model month after month.

    Returns
    -------
    worst_share : float
        Smallest share of the unmoved members that keep their group over a month.
    refit_count : int
    """
    policy = RefitPolicy(
        refit="auto",
        refit_after_days=365,
        refit_below_ari=0.8,
        refit_minimum_gain=minimum_gain,
    )
    sample = read_sample(months[0])
    model = fit_model(sample, settings=SETTINGS)
    names = {cluster: str(cluster) for cluster in range(SETTINGS.n_clusters)}
    groups = label_groups(sample, model=model, names=names)
    worst_share, refit_count = 1.0, 0
    for month in months[1:]:
        sample = read_sample(month)
        stored = StoredModel(
            rows=model_to_rows(model, reason="first_fit"),
            model=model,
            age_days=(month.as_of - months[0].as_of).days - 1,
        )
        if assess(sample, settings=SETTINGS, policy=policy, stored=stored).is_refit:
            before = label_sample(sample, model)
            model = refit_model(
                sample, settings=SETTINGS, minimum_gain=minimum_gain, stored=stored
            )
            refit_count += 1
            names = continued_names(
                names,
                before=before,
                after=label_sample(sample, model),
                fit=refit_count,
            )
        now = label_groups(sample, model=model, names=names)
        worst_share = min(worst_share, kept_share(groups, now, without=month.moved))
        groups = now
    return worst_share, refit_count


def label_groups(
    sample: pd.DataFrame, *, model: FittedModel, names: dict[int, str]
) -> pd.Series:
    """Name the group of each enterprise, by ``enterprise_id``."""
    labels = pd.Series(label_sample(sample, model), index=sample["enterprise_id"])
    return labels.map(names)


def main(arguments: list[str] | None = None) -> None:
    """Compare all gains on all years and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--output", type=Path, default=Path(__file__).with_name("minimum_gains.md")
    )
    output = parser.parse_args(arguments).output
    lines = [
        "# How much another solution must save",
        "",
        "Written by `python benchmarks/minimum_gains.py`. Simulated years of twelve"
        f" months, {len(SEEDS)} for each noise,",
        "without builds: share of the unmoved members that keep their group in the"
        " worst month of the worst",
        "year, and in brackets the refits of all years, by `refit_minimum_gain`.",
        "",
        "| monthly noise | " + " | ".join(f"gain {gain:g}" for gain in GAINS) + " |",
        "|---" * (len(GAINS) + 1) + "|",
    ]
    for noise in NOISES:
        years = [
            simulate_months(
                month_count=MONTH_COUNT, move_month=MOVE_MONTH, noise=noise, seed=seed
            )
            for seed in SEEDS
        ]
        cells = []
        for gain in GAINS:
            outcomes = [live_a_year(months, minimum_gain=gain) for months in years]
            worst = min(share for share, _ in outcomes)
            refits = sum(count for _, count in outcomes)
            cells.append(f"{worst:.1%} ({refits})")
        lines.append(f"| {noise:.0%} | " + " | ".join(cells) + " |")
        print(lines[-1], flush=True)
    output.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
