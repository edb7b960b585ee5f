"""Decide whether a build fits a new model or scores with the published one.

Scoring with the published model is the everyday case: a member moves only when the
member has changed. A refit is an event with a reason.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from duckdb import DuckDBPyRelation
from sklearn.metrics import adjusted_rand_score

from segmentation.errors import SegmentationError
from segmentation.learning.fitted_space import label_sample
from segmentation.learning.fitting import (
    FittedModel,
    FormerGroups,
    fit_model,
    has_more_small_clusters,
)
from segmentation.learning.model_rows import (
    COLUMN_TYPES,
    model_from_rows,
    model_to_rows,
)
from segmentation.learning.novelty import find_undescribed, measure_novelty
from segmentation.learning.settings import Variables
from segmentation.sql_text import text

# Share of the members up to which those that the model does not describe can be a new
# group; of more, the members have changed.
LARGEST_NEW_SHARE = 1 / 3


@dataclass(frozen=True, kw_only=True)
class StoredModel:
    """The model of the last published fit, its rows, and its age by the clock."""

    rows: pd.DataFrame
    model: FittedModel
    fit_id: int
    age_days: float


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What a build decides about the model, and why.

    Attributes
    ----------
    reason
        first_fit, variables_changed, always, age or drift; None when the published
        model is kept.
    declined
        age or drift where that asked for a refit which was not made: it would have
        spent one more cluster on fewer members than `minimum_cluster_size`, and a
        handful of members may not move all others; or a group has ended or come, and it
        would have split or merged others that are what they were. None else.
    agreement
        Adjusted Rand index (Hubert and Arabie 1985) between the labels that the
        published model and a trial refit give today's sample; None where there is no
        published model of these settings, or where the policy is 'never'.
    novelty
        What :func:`segmentation.learning.novelty.measure_novelty` says of today's
        sample and the published model; empty where there is none.
    model, rows
        What this build labels with: the stored ones, to the bit, also where a refit
        learned the same.
    """

    reason: str | None
    declined: str | None = None
    agreement: float | None
    novelty: pd.DataFrame
    model: FittedModel
    rows: pd.DataFrame


def read_stored_model(
    published_fits: DuckDBPyRelation,
    published_parameters: DuckDBPyRelation,
    *,
    variables: Variables,
) -> StoredModel | None:
    """Read the model of the last published fit back; None when there is none yet."""
    of_segmentation = f"segmentation = {text(variables.segmentation)}"
    fit_id, fitted_at = last_fit(published_fits.filter(of_segmentation), "fitted_at")
    if fit_id is None:
        return None
    rows = (
        published_parameters.filter(f"{of_segmentation} and fit_id = {fit_id}")
        .project(", ".join(COLUMN_TYPES))
        .order("row_number")
        .df()
    )
    if rows.empty:
        return None
    model, age_days = model_from_rows(rows), days_between(fitted_at, variables.as_of)
    return StoredModel(rows=rows, model=model, fit_id=fit_id, age_days=age_days)


def last_fit(fits: DuckDBPyRelation, column: str) -> tuple[int | None, Any]:
    """Number of the last of the fits and what a column says of it; None of none."""
    last = fits.project(f"fit_id, {column}").order("fit_id desc").limit(1)
    return next(iter(last.fetchall()), (None, None))


def days_between(earlier: datetime, later: datetime) -> float:
    """Days from one UTC time to another."""
    return (later - earlier).total_seconds() / 86400


def decide(
    sample: pd.DataFrame, *, variables: Variables, stored: StoredModel | None
) -> Decision:
    """Keep the published model, if any, or fit a new one.

    The trial fit that the drift is measured with is the fit that follows from it. It
    continues the published groups where it can: not where the published model needs a
    feature that the sample lacks.
    """
    settings = variables.settings
    published = stored.model.settings if stored else None
    former, novelty = None, pd.DataFrame()
    # Else the published model needs a feature that is gone.
    is_scorable = stored is not None and set(published.features) <= set(sample)
    if is_scorable:
        novelty = measure_novelty(
            sample, model=stored.model, tries_one_more=variables.refit == "always"
        )
    if variables.refit == "never":
        # There is a model of these settings, or check_settings has refused the build.
        kept = {"model": stored.model, "rows": stored.rows}
        return Decision(reason=None, agreement=None, novelty=novelty, **kept)
    if is_scorable:
        former = FormerGroups(
            labels=label_sample(sample, stored.model),
            minimum_gain=variables.refit_minimum_gain,
            minimum_size=variables.minimum_cluster_size,
        )
    fitted = fit_model(sample, settings=settings, former=former)
    agreement = reason = None
    if stored is None:
        reason = "first_fit"
    elif published != settings:
        reason = "variables_changed"
    else:
        agreement = float(adjusted_rand_score(former.labels, fitted.labels))
        if variables.refit == "always":
            reason = "always"
        elif stored.age_days >= variables.refit_after_days:
            reason = "age"
        elif agreement < variables.refit_below_ari:
            reason = "drift"
    declined = None
    if reason in ("age", "drift") and (
        has_more_small_clusters(
            fitted.labels, former.labels, minimum_size=former.minimum_size
        )
        or _only_groups_came_or_went(
            sample, novelty, stored=stored, former=former, variables=variables
        )
    ):
        reason, declined = None, reason
    if reason is None or (stored and has_learned_the_same(fitted, stored.model)):
        model, rows = stored.model, stored.rows
    else:
        model, rows = fitted, model_to_rows(fitted, reason=reason)
    return Decision(
        reason=reason,
        declined=declined,
        agreement=agreement,
        novelty=novelty,
        model=model,
        rows=rows,
    )


def _only_groups_came_or_went(
    sample: pd.DataFrame,
    novelty: pd.DataFrame,
    *,
    stored: StoredModel,
    former: FormerGroups,
    variables: Variables,
) -> bool:
    """Tell whether a group has come or ended and the others are what they were.

    A refit would merge two of them to have a cluster for the new one, or halve one with
    the cluster that became free: whether to have one more or less is for people to say.
    """
    is_new = np.zeros(len(sample), dtype=bool)
    if not novelty.empty and novelty.set_index("parameter").at["is_alarm", "value"]:
        is_new = find_undescribed(sample, model=stored.model)
        # What so many have in common is no new group, nor is a whole one of before,
        # such as a few giants that were far from everybody in the fit too.
        is_new &= is_new.mean() <= LARGEST_NEW_SHARE
        is_new &= np.isin(former.labels, former.labels[~is_new])
    labels = former.labels[~is_new]
    count = len(np.unique(labels))
    if count < 2 or (count == variables.settings.n_clusters and not is_new.any()):
        return False
    try:
        fitted = fit_model(
            sample[~is_new].reset_index(drop=True),
            settings=replace(variables.settings, n_clusters=count),
            former=former._replace(labels=labels),
        )
    except SegmentationError:
        # Too few different members are left to tell.
        return False
    return adjusted_rand_score(labels, fitted.labels) >= variables.refit_below_ari


def has_learned_the_same(one: FittedModel, other: FittedModel) -> bool:
    """Tell whether two models differ in no more than the last bits of their numbers.

    Other libraries and processors round otherwise, which is no reason for a new fit.
    """
    names, other_names = (
        (m.settings, [(f.name, len(f.quantiles)) for f in m.numeric], m.categorical)
        for m in (one, other)
    )
    if names != other_names:
        return False
    numbers = (
        np.concatenate(
            [
                m.centroids.ravel(),
                *((f.imputation, f.center, f.scale, *f.quantiles) for f in m.numeric),
            ]
        )
        for m in (one, other)
    )
    return np.allclose(*numbers, rtol=1e-9, atol=1e-12)
