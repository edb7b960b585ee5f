"""Samples drawn from a sample, each with a seed of its own."""

from collections.abc import Iterator

import numpy as np
import pandas as pd


def draw_subsamples(
    row_count: int, *, count: int, share: float, seed: int
) -> list[np.ndarray]:
    """Draw a share of the rows without replacement, ``count`` times."""
    random = np.random.default_rng([seed, 1])
    size = max(1, round(share * row_count))
    return [
        np.sort(random.choice(row_count, size=size, replace=False))
        for _ in range(count)
    ]


def draw_bootstraps(row_count: int, *, count: int, seed: int) -> list[np.ndarray]:
    """Draw as many rows as there are with replacement and keep the different ones.

    A row that is drawn twice is used once, as fpc::clusterboot in R does by default:
    two members in the same place would look like a small cluster. About 63 % remain.
    """
    random = np.random.default_rng([seed, 2])
    return [
        np.unique(random.integers(0, row_count, size=row_count)) for _ in range(count)
    ]


def permute_features(
    sample: pd.DataFrame, *, count: int, seed: int
) -> Iterator[pd.DataFrame]:
    """Make copies in which every feature's values are shuffled independently.

    Each feature keeps its distribution, unknown values included; what the features
    have to do with each other is gone.
    """
    random = np.random.default_rng([seed, 3])
    for _ in range(count):
        copy = sample.copy()
        for name in sample.columns.drop("member_id"):
            # As a series: of an array of texts pandas would guess another type.
            order = random.permutation(len(sample))
            copy[name] = sample[name].iloc[order].set_axis(sample.index)
        yield copy
