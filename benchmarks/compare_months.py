"""Hold what two successive publications say against what really happened."""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pandas as pd
from segmentation.learning.fitted_space import label_sample
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

    ``sample`` is as `segmentation.learning.sampling.read_sample` has it, ``segments``
    and ``clusters`` are by enterprise, ``changes`` those that this build added.
    """

    sample: pd.DataFrame
    segments: pd.Series
    clusters: pd.Series
    changes: dict[str, Change]
    fit_id: int
    reason: str
    model: FittedModel


def kept_share(before: pd.Series, after: pd.Series, *, without: frozenset) -> float:
    """Share of the members of both, without some, whose value is the same."""
    both = before.index.intersection(after.index).difference(list(without))
    return float((before[both].to_numpy() == after[both].to_numpy()).mean())


def expected_changes(
    before: Publication, after: Publication, *, moved: frozenset
) -> dict[str, Change]:
    """Say which changes the second build should have listed, and with which cause.

    Who moved goes from its old group to its new one by itself. Of the others, one
    whose segment is another changed by itself if the model before would have put its
    new figures elsewhere too, and was changed by the model if not. That model labels
    here without the engine that did so first.
    """
    segment_of_cluster = dict(zip(before.clusters, before.segments, strict=True))
    by_old_model = pd.Series(
        label_sample(after.sample, before.model), index=after.sample["member_id"]
    ).map(segment_of_cluster)
    expected = {}
    for name in before.segments.index.union(after.segments.index):
        old, new = before.segments.get(name), after.segments.get(name)
        if name in moved:
            expected[name] = Change(MOVED_FROM, MOVED_TO, "member_changed")
        elif old is None:
            expected[name] = Change(None, new, "new")
        elif new is None:
            expected[name] = Change(old, None, "gone")
        elif old != new:
            is_own = by_old_model[name] != old
            cause = "member_changed" if is_own else "model_changed"
            expected[name] = Change(old, new, cause)
    return expected


def count_right(
    expected: dict[str, Change], listed: dict[str, Change], *, causes: tuple[str, ...]
) -> tuple[int, int]:
    """Count changes of some causes that are listed as they should be, and in total.

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
    return pd.Series(labels, index=sample["member_id"])
