"""Compare values of the variable ``refit_minimum_gain`` on simulated years.

Lives through the years of simulate_agency.py with the package alone, without builds:
each month the default policy keeps the model or refits it, and clusters go on as
those of the model before with which they share the majority of members. What is
compared is the share of the members who did not move that keep their group in the
worst month, and how often a year is refitted.

Usage::

    python benchmarks/minimum_gains.py
"""

import sys
from pathlib import Path

import pandas as pd

# Lets the script run by its path; pytest knows these folders from pyproject.toml.
sys.path.extend(
    str(Path(__file__).resolve().parents[1] / name)
    for name in ("python_models", "tools", "tests/python")
)

from planted_data import as_sample, make_variables
from segmentation.learning.fitted_space import label_sample
from segmentation.learning.fitting import fit_model
from segmentation.learning.identity import match_by_members
from segmentation.learning.model_rows import model_to_rows
from segmentation.learning.refitting import StoredModel, decide
from simulate_agency import COUNTS, Month, kept_share, simulate_months, write_table

GAINS = (0.0, 0.05, 0.1, 0.2, 0.3)
NOISES = (0.03, 0.05, 0.1)
SEEDS = range(1, 7)


def read_month(month: Month) -> pd.DataFrame:
    totals = month.enterprises[COUNTS].sum(axis=1, skipna=False)
    return as_sample(month.enterprises.assign(followers_total=totals))


def live_a_year(months: list[Month], *, minimum_gain: float) -> tuple[float, int]:
    """Return the smallest share of a month that keeps its group, and count refits."""
    variables = make_variables(refit_minimum_gain=minimum_gain)
    sample = read_month(months[0])
    model = fit_model(sample, settings=variables.settings)
    names = {cluster: str(cluster) for cluster in range(len(model.centroids))}
    before = pd.Series(model.labels, index=sample["member_id"]).map(names)
    worst_share, refit_count = 1.0, 0
    for month in months[1:]:
        sample = read_month(month)
        stored = StoredModel(
            rows=model_to_rows(model, reason="first_fit"),
            model=model,
            fit_id=1,
            age_days=(month.as_of - months[0].as_of).days - 1,
        )
        decision = decide(sample, variables=variables, stored=stored)
        if decision.reason:
            refit_count += 1
            shared = pd.crosstab(
                label_sample(sample, decision.model), label_sample(sample, model)
            )
            matches = match_by_members(
                shared.to_numpy(), cluster_sizes=shared.sum(axis=1).to_numpy()
            )
            names = {
                cluster: names[shared.columns[matches[i]]]
                if i in matches
                else f"{refit_count}.{i}"
                for i, cluster in enumerate(shared.index)
            }
            model = decision.model
        labels = label_sample(sample, model)
        after = pd.Series(labels, index=sample["member_id"]).map(names)
        worst_share = min(worst_share, kept_share(before, after, without=month.moved))
        before = after
    return worst_share, refit_count


def main() -> None:
    rows = [["monthly noise", *(f"gain {gain:g}" for gain in GAINS)]]
    for noise in NOISES:
        years = [
            simulate_months(month_count=12, move_month=7, noise=noise, seed=seed)
            for seed in SEEDS
        ]
        rows.append([f"{noise:.0%}"])
        for gain in GAINS:
            outcomes = [live_a_year(months, minimum_gain=gain) for months in years]
            worst = min(share for share, _ in outcomes)
            rows[-1].append(f"{worst:.1%} ({sum(count for _, count in outcomes)})")
    print(write_table(Path(__file__).with_suffix(".md"), rows))


if __name__ == "__main__":
    main()
