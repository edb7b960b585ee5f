"""Notice members that no segment describes: what a kept model has never seen.

The number of clusters is fixed and a trial refit never asks for one more, so a new
kind of member would be spread over the segments that are there. It lies far from all.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.stats import binom
from sklearn.metrics import pairwise_distances

from segmentation.errors import SegmentationError
from segmentation.learning.fitted_space import transform_sample
from segmentation.learning.fitting import (
    DISTANCE_QUANTILE,
    FittedModel,
    fit_model,
)

# More than this share of the members, and unlikely by chance at this level, are news:
# of the members of the fit itself 1 in 100 lies beyond the quantile.
ALARMING_SHARE = 0.015
ALARMING_P_VALUE = 0.01


def measure_novelty(
    sample: pd.DataFrame, *, model: FittedModel, tries_one_more: bool = False
) -> pd.DataFrame:
    """Count the members of a sample that a fit does not describe, and judge the count.

    Those farther from their centroid than the fit's own 99 % quantile, those with a
    level that it never saw, and those that differ in a feature that was constant. Where
    they are too many for chance, or where asked, the sample is fitted with one cluster
    more.

    Returns
    -------
    pandas.DataFrame
        Rows of ``parameter`` and ``value``: ``undescribed_count``, ``sample_count``;
        ``p_value``, of a binomial test against 1 %; ``is_alarm`` (0 or 1);
        ``saved_by_one_more``, the share of today's inertia that one cluster more would
        save, and ``smallest_of_one_more``, the members of its smallest cluster. No row
        of a model that was stored before the quantile was.
    """
    figures: dict[str, float] = {}
    if not np.isnan(model.distance_quantile):
        count, of = int(find_undescribed(sample, model=model).sum()), len(sample)
        p_value = float(binom.sf(count - 1, of, 1 - DISTANCE_QUANTILE))
        is_alarm = count > ALARMING_SHARE * of and p_value < ALARMING_P_VALUE
        figures = {
            "undescribed_count": count,
            "sample_count": of,
            "p_value": p_value,
            "is_alarm": is_alarm,
        }
        if is_alarm or tries_one_more:
            figures |= _try_one_more(sample, model=model)
    rows = pd.DataFrame(figures.items(), columns=["parameter", "value"])
    return rows.astype({"value": float})


def find_undescribed(sample: pd.DataFrame, *, model: FittedModel) -> np.ndarray:
    """Tell which members of a sample a fit does not describe."""
    points = transform_sample(sample, model=model)
    distances = pairwise_distances(points, model.centroids).min(axis=1)
    is_undescribed = distances > model.distance_quantile
    for name, constant in model.constants.items():
        is_undescribed |= (sample[name].notna() & (sample[name] != constant)).array
    for feature in model.categorical:
        known = sample[feature.name].notna()
        is_undescribed |= (known & ~sample[feature.name].isin(feature.levels)).array
    return is_undescribed


def _try_one_more(sample: pd.DataFrame, *, model: FittedModel) -> dict[str, float]:
    settings = model.settings
    more = settings.n_clusters + 1
    if len(sample) < more:
        return {}
    try:
        trial = fit_model(sample, settings=replace(settings, n_clusters=more))
    except SegmentationError:
        # Fewer members differ than there would be clusters.
        return {}
    # Both in the space of the published fit, or their inertias could not be compared.
    points = transform_sample(sample, model=model)
    means = np.vstack(
        [
            np.asarray(points[trial.labels == i].mean(axis=0)).ravel()
            for i in range(more)
        ]
    )
    inertia, left = (
        (pairwise_distances(points, centres).min(axis=1) ** 2).sum()
        for centres in (model.centroids, means)
    )
    return {
        "saved_by_one_more": 1 - left / inertia if inertia else 0.0,
        "smallest_of_one_more": np.unique_counts(trial.labels).counts.min(),
    }
