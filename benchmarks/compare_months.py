"""Hold what two successive publications say against what really happened."""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.spatial.distance import cdist
from segmentation.learning.fitted_space import transform_sample
from segmentation.learning.fitting import FittedModel, fit_pipeline
from segmentation.learning.settings import FitSettings
from simulate_agency import MOVED_FROM, MOVED_TO


class Change(NamedTuple):
    """Where an enterprise was, where it is, and why; None for nowhere."""

    from_segment_key: str | None
    to_segment_key: str | None
    cause: str


@dataclass(frozen=True, kw_only=True)
class Publication:
    """What one build read and published.

    Attributes
    ----------
    sample : pandas.DataFrame
        The cleaned table, as `segmentation.learning.sampling.read_fit_sample` has it.
    segments, clusters : pandas.Series
        ``segment_key`` and ``cluster_id`` by ``enterprise_id``.
    changes : dict of str to Change
        The rows of ``segment_changes`` that this build added, by enterprise.
    fit_id : int
    reason : str
        Why that fit was made.
    model : FittedModel
        What it learned.
    """

    sample: pd.DataFrame
    segments: pd.Series
    clusters: pd.Series
    changes: dict[str, Change]
    fit_id: int
    reason: str
    model: FittedModel


def kept_share(before: pd.Series, after: pd.Series, *, without: frozenset) -> float:
    """Share of the members of both, without some, whose value is the same.

    Parameters
    ----------
    before, after : pandas.Series
        Segment or cluster number by ``enterprise_id``.
    without : frozenset of str
        Enterprises that are not counted.

    Returns
    -------
    float
        In [0, 1].
    """
    both = [
        name for name in before.index.intersection(after.index) if name not in without
    ]
    return float((before[both].to_numpy() == after[both].to_numpy()).mean())


def nearest_clusters(sample: pd.DataFrame, *, model: FittedModel) -> pd.Series:
    """Label a table with a published model, without the engine that did so first."""
    distances = cdist(transform_sample(sample, model=model), model.centroids)
    return pd.Series(distances.argmin(axis=1), index=sample["enterprise_id"])


def expected_changes(
    before: Publication, after: Publication, *, moved: frozenset
) -> dict[str, Change]:
    """Say which changes the second build should have listed, and with which cause.

    Who moved goes from its old group to its new one by itself. Of the others, one
    whose segment is another changed by itself if the model before would have put
    its new figures elsewhere too, and was changed by the model if not.

    Parameters
    ----------
    before, after : Publication
    moved : frozenset of str
        The enterprises that really changed between the two.

    Returns
    -------
    dict of str to Change
    """
    segment_of_cluster = dict(zip(before.clusters, before.segments, strict=True))
    by_old_model = nearest_clusters(after.sample, model=before.model).map(
        segment_of_cluster
    )
    expected = {}
    for name in before.segments.index.union(after.segments.index):
        old, new = before.segments.get(name), after.segments.get(name)
        if name in moved:
            expected[name] = Change(MOVED_FROM, MOVED_TO, "enterprise_changed")
        elif old is None:
            expected[name] = Change(None, new, "new")
        elif new is None:
            expected[name] = Change(old, None, "gone")
        elif old != new:
            is_own = by_old_model[name] != old
            cause = "enterprise_changed" if is_own else "model_changed"
            expected[name] = Change(old, new, cause)
    return expected


def count_right(
    expected: dict[str, Change], listed: dict[str, Change], *, causes: tuple[str, ...]
) -> tuple[int, int]:
    """Count the changes of some causes that are listed as they should be.

    Returns
    -------
    right, total : int
        The total also counts changes that are listed and should not be.
    """
    names = {
        name
        for changes in (expected, listed)
        for name, change in changes.items()
        if change.cause in causes
    }
    return sum(expected.get(n) == listed.get(n) for n in names), len(names)


def naive_clusters(
    sample: pd.DataFrame, *, settings: FitSettings, random_state: int
) -> pd.Series:
    """Fit the same recipe anew and take the number of the cluster as the key."""
    pipeline, _ = fit_pipeline(
        sample, settings=replace(settings, random_state=random_state)
    )
    labels = np.asarray(pipeline.named_steps["clusters"].labels_)
    return pd.Series(labels, index=sample["enterprise_id"])
