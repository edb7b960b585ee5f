"""Samples drawn from a sample, each with a seed of its own."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

# Corrections of the correlations of a copula, of which each leaves a small part.
CORRECTION_COUNT = 5


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


def copy_without_groups(
    sample: pd.DataFrame, *, numeric_features: Sequence[str], count: int, seed: int
) -> Iterator[pd.DataFrame]:
    """Make copies that keep each feature and what any two have in common, no groups.

    Numeric features are drawn from a Gaussian copula whose correlations are such that
    the rank correlations of a copy, ties included, are on average those of the sample
    (Cario and Nelson 1997). Each feature keeps its values, and an unknown value stays
    with its row. The values of all other columns are shuffled together.
    """
    random = np.random.default_rng([seed, 3])
    numbers = sample[list(numeric_features)]
    is_known = numbers.notna().to_numpy()
    values = [np.sort(numbers[name].dropna()) for name in numbers]

    def draw(correlations: np.ndarray, normal: np.ndarray) -> pd.DataFrame:
        squares, axes = np.linalg.eigh(correlations)
        drawn = normal @ (axes * np.sqrt(squares.clip(min=0))).T
        copy = np.full(drawn.shape, np.nan)
        for column, known in enumerate(is_known.T):
            ranks = drawn[known, column].argsort().argsort()
            copy[known, column] = values[column][ranks]
        return pd.DataFrame(copy, columns=numbers.columns, index=sample.index)

    def rank_correlations(table: pd.DataFrame) -> np.ndarray:
        found = np.nan_to_num(table.rank().corr().to_numpy())
        return np.where(np.eye(len(found)), 1.0, found)

    wanted = rank_correlations(numbers)
    correlations = 2 * np.sin(np.pi / 6 * wanted)
    normal = random.normal(size=numbers.shape)
    for _ in range(CORRECTION_COUNT):
        missing = wanted - rank_correlations(draw(correlations, normal))
        correlations = (correlations + missing).clip(-1, 1)
    others = sample.columns.drop(["member_id", *numbers])
    for _ in range(count):
        copy = sample.copy()
        copy[numbers.columns] = draw(correlations, random.normal(size=numbers.shape))
        order = random.permutation(len(sample))
        for name in others:
            # As a series: of an array of texts pandas would guess another type.
            copy[name] = sample[name].iloc[order].set_axis(sample.index)
        yield copy
