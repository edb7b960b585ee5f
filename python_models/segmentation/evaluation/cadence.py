"""Measure how long a model lasts, on the features that members had on earlier days."""

from datetime import date

import numpy as np
import pandas as pd
from duckdb import DuckDBPyRelation
from sklearn.metrics import adjusted_rand_score

from segmentation.learning.fitting import FormerGroups, fit_pipeline
from segmentation.learning.settings import FitSettings, Variables
from segmentation.sql_text import text

# Less says nothing of how long a model lasts.
LEAST_WEEKS = 8
# Of today's members that many are known on the day of the first fit: of a business that
# has just begun every model is soon out of date.
EARLIEST_SHARE = 0.25
# What stands for the share of a bin that nobody is in, else the index is infinite.
EMPTY_SHARE = 1e-4
Figures = dict[int, dict[str, float | str]]


def read_history(
    history: DuckDBPyRelation, *, segmentation: str, settings: FitSettings
) -> dict[date, pd.DataFrame]:
    """Read the sample of each day of ``member_history``, as ``read_sample`` has it."""
    rows = history.filter(f"segmentation = {text(segmentation)}").df()
    samples = {}
    for day, of_day in rows.groupby("observed_on"):
        by_kind = {
            column: of_day.pivot(
                index="member_id", columns="feature_name", values=column
            )
            for column in ("value", "level_value")
        }
        sample = by_kind["value"][list(settings.numeric_features)].astype(float)
        for name in settings.categorical_features:
            texts = by_kind["level_value"][name].astype(object)
            sample[name] = texts.where(texts.notna(), None)
        samples[day.date()] = sample.sort_index().reset_index()
    return samples


def measure_cadence(
    samples: dict[date, pd.DataFrame], *, variables: Variables
) -> tuple[Figures, Figures]:
    """Compare the model of the first day with refits on each later one.

    The recipe is fitted on the first day and anew on every later one, where it
    continues the first model's groups as a refit does, and both label the members of
    the later day: the adjusted Rand index tells how well they agree (Hubert and Arabie
    1985). The first day is the first with EARLIEST_SHARE of the members of the last.

    Returns, by weeks since the first day, the figures of the refit, and the population
    stability index of each feature. Empty where the days span less than LEAST_WEEKS.
    """
    settings = variables.settings
    last_count = len(samples[max(samples)]) if samples else 0
    least = max(settings.n_clusters, EARLIEST_SHARE * last_count)
    days = [day for day in sorted(samples) if len(samples[day]) >= least]
    if not days or (days[-1] - days[0]).days < 7 * LEAST_WEEKS:
        return {}, {}
    first = samples[days[0]]
    model, _ = fit_pipeline(first, settings=settings)
    refits, shifts = {}, {}
    for day in days[1:]:
        members = samples[day]
        former = FormerGroups(
            labels=model.predict(members[list(settings.features)]),
            minimum_gain=variables.refit_minimum_gain,
            minimum_size=variables.minimum_cluster_size,
        )
        refit, transformed = fit_pipeline(members, settings=settings, former=former)
        labels = refit.named_steps["clusters"].predict(transformed)
        weeks = round((day - days[0]).days / 7)
        refits[weeks] = {
            "started_on": days[0].isoformat(),
            "compared_on": day.isoformat(),
            "member_count": len(members),
            "agreement": adjusted_rand_score(former.labels, labels),
        }
        shifts[weeks] = {
            name: population_stability_index(first[name], members[name])
            for name in settings.features
        }
    return refits, shifts


def population_stability_index(before: pd.Series, now: pd.Series) -> float:
    """Population stability index of a feature between two samples, 0 or more.

    The sum over bins of (now - before) * ln(now / before), of the shares of the bin
    (Siddiqi 2006, Credit Risk Scorecards). The bins of numbers are the deciles of the
    sample before, those of texts their levels, and what is unknown has one. The share
    of an empty bin counts as EMPTY_SHARE.
    """
    if before.dtype != object:
        edges = np.unique(before.quantile(np.linspace(0.1, 0.9, 9)).dropna())
        before, now = (
            pd.Series(np.searchsorted(edges, each)).where(each.notna().to_numpy())
            for each in (before, now)
        )
    counts = [each.value_counts(dropna=False) for each in (before, now)]
    shares = pd.concat(counts, axis=1).fillna(0) / [len(before), len(now)]
    before_shares, shares_now = shares.clip(lower=EMPTY_SHARE).to_numpy().T
    changes = shares_now - before_shares
    return float((changes * np.log(shares_now / before_shares)).sum())
