"""Samples drawn from a sample, each with a seed of its own."""

import numpy as np
import pandas as pd


def draw_subsamples(
    row_count: int, *, count: int, share: float, seed: int
) -> list[np.ndarray]:
    """Draw rows without replacement.

    Parameters
    ----------
    row_count : int
        Rows to draw from.
    count : int
        Subsamples to draw.
    share : float
        Share of the rows in each, rounded to whole rows and at least one.
    seed : int

    Returns
    -------
    list of numpy.ndarray of int
        Row numbers in rising order.
    """
    random = np.random.default_rng([seed, 1])
    size = max(1, round(share * row_count))
    return [
        np.sort(random.choice(row_count, size=size, replace=False))
        for _ in range(count)
    ]


def draw_bootstraps(row_count: int, *, count: int, seed: int) -> list[np.ndarray]:
    """Draw as many rows as there are with replacement and keep the different ones.

    A row that is drawn twice is used once, as fpc::clusterboot in R does by default:
    two enterprises in the same place would look like a small cluster.

    Parameters
    ----------
    row_count : int
        Rows to draw from.
    count : int
        Bootstrap samples to draw.
    seed : int

    Returns
    -------
    list of numpy.ndarray of int
        Row numbers in rising order, about 63 % of all.
    """
    random = np.random.default_rng([seed, 2])
    return [
        np.unique(random.integers(0, row_count, size=row_count)) for _ in range(count)
    ]


def permute_features(
    sample: pd.DataFrame, *, count: int, seed: int
) -> list[pd.DataFrame]:
    """Make copies in which every feature's values are shuffled independently.

    Each feature keeps its distribution, unknown values included; what the features
    have to do with each other is gone.

    Parameters
    ----------
    sample : pandas.DataFrame, shape (n_rows, 1 + n_features)
        As :func:`segmentation.learning.sampling.read_fit_sample` returns it.
    count : int
        Copies to make.
    seed : int

    Returns
    -------
    list of pandas.DataFrame
        With the keys in their place.
    """
    random = np.random.default_rng([seed, 3])
    features = sample.columns.drop("enterprise_id")
    return [
        pd.DataFrame(
            {
                "enterprise_id": sample["enterprise_id"].reset_index(drop=True),
                **{
                    name: sample[name]
                    .iloc[random.permutation(len(sample))]
                    .reset_index(drop=True)
                    for name in features
                },
            }
        )
        for _ in range(count)
    ]
