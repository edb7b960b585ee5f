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

import numpy as np
import pandas as pd

# Lets the script run by its path; pytest knows these folders from pyproject.toml.
sys.path.extend(
    str(Path(__file__).resolve().parents[1] / name)
    for name in ("python_models", "tools", "tests/python")
)

from compare_months import kept_share
from planted_data import FOLLOWERS, make_variables
from segmentation.learning.fitted_space import label_sample
from segmentation.learning.fitting import FittedModel, fit_model
from segmentation.learning.identity import match_by_members
from segmentation.learning.model_rows import model_to_rows
from segmentation.learning.refitting import StoredModel, decide
from simulate_agency import COUNTS, Month, simulate_months

GAINS = (0.0, 0.05, 0.1, 0.2, 0.3)
NOISES = (0.03, 0.05, 0.1)
SEEDS = range(1, 7)
FEATURES = list(FOLLOWERS)


def read_sample(month: Month) -> pd.DataFrame:
    clients = month.enterprises.rename(columns={"enterprise_id": "member_id"})
    clients["followers_total"] = clients[COUNTS].sum(axis=1, skipna=False)
    sample = clients.sort_values("member_id", ignore_index=True)
    sample = sample[["member_id", *FEATURES, "category_name"]]
    texts = sample["category_name"].astype(object)
    return (
        sample.astype(dict.fromkeys(FEATURES, "Float64"))
        .astype(dict.fromkeys(FEATURES, float))
        .assign(category_name=texts.where(texts.notna(), None))
    )


def continued_names(
    names: dict[int, str], *, before: np.ndarray, after: np.ndarray, fit: int
) -> dict[int, str]:
    shared = pd.crosstab(after, before)
    matches = match_by_members(
        shared.to_numpy(), cluster_sizes=shared.sum(axis=1).to_numpy()
    )
    return {
        cluster: names[shared.columns[matches[i]]] if i in matches else f"{fit}.{i}"
        for i, cluster in enumerate(shared.index)
    }


def live_a_year(months: list[Month], *, minimum_gain: float) -> tuple[float, int]:
    """Return the smallest share of a month that keeps its group, and count refits."""
    variables = make_variables(refit_minimum_gain=minimum_gain)
    sample = read_sample(months[0])
    model = fit_model(sample, settings=variables.settings)
    names = {cluster: str(cluster) for cluster in range(len(model.centroids))}
    groups = label_groups(sample, model=model, names=names)
    worst_share, refit_count = 1.0, 0
    for month in months[1:]:
        sample = read_sample(month)
        stored = StoredModel(
            rows=model_to_rows(model, reason="first_fit"),
            model=model,
            fit_id=1,
            age_days=(month.as_of - months[0].as_of).days - 1,
        )
        decision = decide(sample, variables=variables, stored=stored)
        if decision.reason:
            refit_count += 1
            names = continued_names(
                names,
                before=label_sample(sample, model),
                after=label_sample(sample, decision.model),
                fit=refit_count,
            )
            model = decision.model
        now = label_groups(sample, model=model, names=names)
        worst_share = min(worst_share, kept_share(groups, now, without=month.moved))
        groups = now
    return worst_share, refit_count


def label_groups(
    sample: pd.DataFrame, *, model: FittedModel, names: dict[int, str]
) -> pd.Series:
    """Name the group of each enterprise, by ``member_id``."""
    labels = pd.Series(label_sample(sample, model), index=sample["member_id"])
    return labels.map(names)


def main() -> None:
    lines = [
        "| monthly noise | " + " | ".join(f"gain {gain:g}" for gain in GAINS) + " |",
        "|---" * (len(GAINS) + 1) + "|",
    ]
    for noise in NOISES:
        years = [
            simulate_months(month_count=12, move_month=7, noise=noise, seed=seed)
            for seed in SEEDS
        ]
        cells = []
        for gain in GAINS:
            outcomes = [live_a_year(months, minimum_gain=gain) for months in years]
            worst = min(share for share, _ in outcomes)
            cells.append(f"{worst:.1%} ({sum(count for _, count in outcomes)})")
        lines.append(f"| {noise:.0%} | " + " | ".join(cells) + " |")
        print(lines[-1], flush=True)
    document = Path(__file__).with_suffix(".md")
    # The text above the table stays.
    text = document.read_text(encoding="utf-8").partition("| monthly")[0]
    document.write_text(text + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
