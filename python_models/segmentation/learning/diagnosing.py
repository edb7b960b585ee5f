"""Measure whether the features are sound: what a fit quietly makes of them.

Nothing here judges. Each measure is a row of check, subject and value; the thresholds
that make a value a finding, and what to do about it, are the seed
``feature_check_rules``.
"""

from collections.abc import Iterator
from math import ceil

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from segmentation.learning.fitted_space import nearest_centroids, transform_sample
from segmentation.learning.fitting import FittedModel
from segmentation.learning.pipeline import use_one_thread

# What the largest members of a feature are, among all.
TAIL_SHARE = 0.01
# Two sums of the same numbers in another order differ by less, as a share of the
# largest value.
EXACT_TOLERANCE = 1e-9
# Each step of the search for an exact combination lowers its error; few are needed.
_CONCENTRATION_STEPS = 20


def diagnose_fit(sample: pd.DataFrame, *, model: FittedModel) -> pd.DataFrame:
    """Measure the features of a fit on the sample that it was fitted on.

    Rows of a fit: the check as ``parameter``, its subject (a feature, a block of the
    fitted space, or kmeans) as ``feature_name``, ``value`` (None where there is nothing
    to measure) and its detail as ``text_value``.
    """
    use_one_thread()
    transformed = transform_sample(sample, model=model)
    numeric = transformed[:, : len(model.numeric)]
    if isinstance(numeric, csr_array):
        numeric = numeric.toarray()
    rows = [
        # Of the features that the fit uses; one that it dropped harms nobody.
        *(
            ("constant_feature", name, float(sample[name].nunique()), None)
            for name in model.feature_names()
        ),
        *_find_combinations(sample, model=model),
        *_measure_unknown_values(sample, numeric, model=model),
        *_measure_tails(numeric, model=model),
        *_measure_blocks(transformed, model=model),
        ("random_start_count", "kmeans", float(model.settings.n_init), None),
    ]
    columns = ["parameter", "feature_name", "value", "text_value"]
    return pd.DataFrame(rows, columns=columns)


def _measure_unknown_values(
    sample: pd.DataFrame, numeric: np.ndarray, *, model: FittedModel
) -> Iterator[tuple]:
    """How much is imputed, and where the imputed number lies among the known ones.

    The latter in the fitted space, where whatever stands for an unknown value can be
    compared with the known ones however the feature was transformed.
    """
    for name in model.feature_names():
        unknown = sample[name].isna()
        detail = f"{unknown.sum()} / {len(sample)}"
        yield "unknown_share", name, float(unknown.mean()), detail
    for feature, values in zip(model.numeric, numeric.T, strict=True):
        unknown = sample[feature.name].isna().to_numpy()
        value = None
        if unknown.any() and not unknown.all():
            imputed, known = values[unknown][0], values[~unknown]
            value = float(((known < imputed).mean() + (known <= imputed).mean()) / 2)
        yield "imputed_rank_share", feature.name, value, None


def _measure_tails(numeric: np.ndarray, *, model: FittedModel) -> Iterator[tuple]:
    """How much of a feature's variance in the fitted space its largest values make.

    Nothing is measured of a feature that keeps its own unit, such as a flag: its scale
    is not that of its largest values, and a logarithm would not mend it. Of fewer than
    a hundred members there is no hundredth.
    """
    count = len(numeric)
    tail_count = ceil(TAIL_SHARE * count)
    for feature, values in zip(model.numeric, numeric.T, strict=True):
        squares = (values - values.mean()) ** 2
        tail_share = largest = None
        # The last bits that centring leaves of a constant are no variance.
        keeps_unit = feature.name in model.settings.unscaled_features
        if np.ptp(values) > 0 and not keeps_unit:
            if TAIL_SHARE * count >= 1:
                tail = np.argsort(values - values.mean())[-tail_count:]
                tail_share = float(squares[tail].sum() / squares.sum())
            largest = float(np.sqrt(squares.max() / squares.mean()))
        name, detail = feature.name, f"{tail_count} / {count}"
        yield "tail_variance_share", name, tail_share, detail
        yield "largest_deviation", name, largest, None


def _measure_blocks(
    transformed: np.ndarray | csr_array, *, model: FittedModel
) -> Iterator[tuple]:
    """Which features the distances, and which the clusters, are made of.

    The total sum of squares of their columns, and what the clusters explain of it: each
    member replaced by the mean of its cluster. Of a single block nothing is measured:
    there is no other beside it.
    """
    labels = nearest_centroids(transformed, centroids=model.centroids)
    is_in = csr_array(np.eye(len(model.centroids))[labels])
    sizes = is_in.sum(axis=0).reshape(-1, 1)
    sums = is_in.T @ transformed
    if isinstance(transformed, csr_array):
        sums = sums.toarray()
        squares = (transformed * transformed).sum(axis=0)
    mean = sums.sum(axis=0) / len(labels)
    if isinstance(transformed, csr_array):
        total = np.maximum(squares - len(labels) * mean**2, 0)
    else:
        total = ((transformed - mean) ** 2).sum(axis=0)
    between = (sizes * (sums / np.maximum(sizes, 1) - mean) ** 2).sum(axis=0)
    columns = model.columns()
    names = columns["feature_name"].where(
        columns["feature_level"].notna(), "numeric_features"
    )
    for check_name, variances in (
        ("block_variance_share", total),
        ("block_clustering_share", between),
    ):
        whole = variances.sum() if names.nunique() > 1 else 0
        for name in names.unique():
            share = float(variances[names == name].sum() / whole) if whole else None
            yield check_name, name, share, None


def _find_combinations(sample: pd.DataFrame, *, model: FittedModel) -> Iterator[tuple]:
    """Numeric features that are a linear combination of others.

    Each is explained by the features that spread less than it: one of a dependent set
    is, and only one, so a relation is found once, solved for the feature that spreads
    most, as a sum does. Only members where every numeric feature is known count.

    Two measures. ``near_combination``: R2 of least squares. ``exact_combination``:
    share of the members for which a combination holds exactly, where it is allowed
    to fail for just under half of them. That combination is sought by least trimmed
    squares (Rousseeuw 1984) with the concentration steps of Rousseeuw and Van Driessen
    (2006), from the least squares one. Members with the feature's commonest value
    are not counted: a feature that is mostly 0 is not a combination.
    """
    table = sample[[feature.name for feature in model.numeric]].dropna().astype(float)
    spread = table.std(ddof=0).fillna(0)
    smaller: list[str] = []
    for name in spread.index[np.argsort(spread, kind="stable")]:
        target, others = table[name].to_numpy(), table[smaller].to_numpy()
        is_constant = table[name].nunique() < 2
        exact = near = (None, None)
        if not is_constant and len(table) > len(smaller) + 2:
            exact = near = (0.0, None)
        if smaller and exact[0] is not None:
            found = _least_squares(target, others)
            errors = target - found[0] - others @ found[1:]
            determination = float(max(0, 1 - errors.var() / target.var()))
            near = determination, _write_combination(name, table[smaller], found)
            found = _concentrate(target, others, found)
            errors = np.abs(target - found[0] - others @ found[1:])
            holds = errors <= EXACT_TOLERANCE * np.abs(target).max()
            values, counts = np.unique(target, return_counts=True)
            share = float(holds[target != values[counts.argmax()]].mean())
            written = _write_combination(name, table[smaller], found)
            exact = share, written if share > 0 else None
        yield "exact_combination", name, *exact
        yield "near_combination", name, *near
        if not is_constant:
            smaller.append(name)


def _least_squares(target: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Intercept and coefficients; columns are standardised for the sake of accuracy."""
    mean, scale = others.mean(axis=0), others.std(axis=0)
    # Constant among these rows: left out, which the pseudo-inverse does with a 0.
    scale[np.ptp(others, axis=0) == 0] = np.inf
    slopes = np.linalg.lstsq(
        (others - mean) / scale, target - target.mean(), rcond=1e-10
    )[0]
    slopes = slopes / scale
    return np.concatenate([[target.mean() - mean @ slopes], slopes])


def _concentrate(
    target: np.ndarray, others: np.ndarray, combination: np.ndarray
) -> np.ndarray:
    """Least trimmed squares: refit on the better half until that half stays."""
    half = (len(target) + others.shape[1] + 2) // 2
    kept = np.array([], dtype=int)
    for _ in range(_CONCENTRATION_STEPS):
        errors = np.abs(target - combination[0] - others @ combination[1:])
        better = np.sort(np.argsort(errors, kind="stable")[:half])
        if np.array_equal(better, kept):
            break
        kept = better
        combination = _least_squares(target[kept], others[kept])
    return combination


def _write_combination(name: str, others: pd.DataFrame, combination: np.ndarray) -> str:
    """Write ``name = 2 a - b + 5`` with what contributes, largest spread first."""
    intercept, *coefficients = combination
    spread = others.std(ddof=0).to_numpy()
    contributions = np.abs(coefficients) * spread
    threshold = 1e-6 * contributions.max(initial=0)
    terms = [
        (coefficients[j], f" {others.columns[j]}")
        for j in np.argsort(-spread, kind="stable")
        if contributions[j] > threshold
    ]
    if abs(intercept) > max(threshold, 1e-6):
        terms.append((intercept, ""))
    text = ""
    for coefficient, label in terms:
        magnitude = abs(coefficient)
        size = f"{magnitude:.0f}" if magnitude >= 1000 else f"{magnitude:.3g}"
        term = label.strip() if label and size == "1" else size + label
        sign = "-" if coefficient < 0 else "+"
        text += f" {sign} {term}" if text else ("-" if sign == "-" else "") + term
    return f"{name} = {text or '0'}"
