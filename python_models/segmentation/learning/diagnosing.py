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
from sklearn.metrics import pairwise_distances_argmin

from segmentation.learning.fitted_space import transform_sample
from segmentation.learning.fitting import FittedModel
from segmentation.learning.threads import use_one_thread

COLUMN_TYPES = {
    "check_name": "varchar",
    "subject": "varchar",
    "value": "double",
    "detail": "varchar",
}
# What the largest enterprises of a feature are, among all.
TAIL_SHARE = 0.01
# Two sums of the same numbers in another order differ by less, as a share of the
# largest value.
EXACT_TOLERANCE = 1e-9
# Each step of the search for an exact combination lowers its error; few are needed.
_CONCENTRATION_STEPS = 20


def diagnose_fit(sample: pd.DataFrame, *, model: FittedModel) -> pd.DataFrame:
    """Measure the features of a fit on its sample.

    Parameters
    ----------
    sample : pandas.DataFrame, shape (n_enterprises, 1 + n_features)
        What the model was fitted on, as
        :func:`segmentation.learning.sampling.read_fit_sample` returns it.
    model : FittedModel

    Returns
    -------
    pandas.DataFrame
        ``check_name``, ``subject`` (a feature, a block of the fitted space, or
        kmeans), ``value`` (None where there is nothing to measure) and ``detail``.
    """
    use_one_thread()
    transformed = transform_sample(sample, model=model)
    numeric = transformed[:, : len(model.numeric)]
    if isinstance(numeric, csr_array):
        numeric = numeric.toarray()
    rows = [
        *_count_different_values(sample, model=model),
        *_find_combinations(sample, model=model),
        *_measure_unknown_values(sample, numeric, model=model),
        *_measure_tails(numeric, model=model),
        *_measure_blocks(transformed, model=model),
        ("random_start_count", "kmeans", float(model.settings.n_init), None),
    ]
    return pd.DataFrame(rows, columns=list(COLUMN_TYPES))


def _count_different_values(
    sample: pd.DataFrame, *, model: FittedModel
) -> Iterator[tuple]:
    """Of every feature that the fit uses; one that it dropped harms nobody."""
    for name in model.feature_names():
        yield "constant_feature", name, float(sample[name].nunique()), None


def _measure_unknown_values(
    sample: pd.DataFrame, numeric: np.ndarray, *, model: FittedModel
) -> Iterator[tuple]:
    """How much is imputed, and where the imputed number lies among the known ones.

    The latter in the fitted space, where whatever stands for an unknown value can be
    compared with the known ones however the feature was transformed.
    """
    for name in [feature.name for feature in model.numeric + model.categorical]:
        unknown = sample[name].isna()
        yield (
            "unknown_share",
            name,
            float(unknown.mean()),
            f"{unknown.sum()} / {len(sample)}",
        )
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
    a hundred enterprises there is no hundredth.
    """
    tail_count = ceil(TAIL_SHARE * len(numeric))
    for feature, values in zip(model.numeric, numeric.T, strict=True):
        deviations = values - values.mean()
        squares = deviations**2
        tail_share = largest = None
        # The last bits that centring leaves of a constant are no variance.
        keeps_unit = feature.name in model.settings.unscaled_features
        if np.ptp(values) > 0 and not keeps_unit:
            if TAIL_SHARE * len(numeric) >= 1:
                tail = np.argsort(deviations)[-tail_count:]
                tail_share = float(squares[tail].sum() / squares.sum())
            largest = float(np.sqrt(squares.max() / squares.mean()))
        yield (
            "tail_variance_share",
            feature.name,
            tail_share,
            f"{tail_count} / {len(numeric)}",
        )
        yield "largest_deviation", feature.name, largest, None


def _measure_blocks(
    transformed: np.ndarray | csr_array, *, model: FittedModel
) -> Iterator[tuple]:
    """Which features the distances, and which the clusters, are made of.

    Of a single block nothing is measured: there is no other beside it.
    """
    total, between = _variance_by_column(transformed, centroids=model.centroids)
    blocks = pd.Series(
        [
            "numeric_features" if category is None else feature_name
            for feature_name, category in model.columns()
        ]
    )
    for check_name, variances in (
        ("block_variance_share", total),
        ("block_clustering_share", between),
    ):
        whole = variances.sum() if blocks.nunique() > 1 else 0
        for block in blocks.unique():
            share = float(variances[blocks == block].sum() / whole) if whole else None
            yield check_name, block, share, None


def _variance_by_column(
    transformed: np.ndarray | csr_array, *, centroids: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Total and between-cluster sum of squares of each column, shape (n_columns,).

    The second is what the clusters explain: each enterprise replaced by the mean of
    its cluster.
    """
    labels = pairwise_distances_argmin(transformed, centroids)
    count = len(labels)
    members = csr_array(
        (np.ones(count), (labels, np.arange(count))), shape=(len(centroids), count)
    )
    sizes = np.asarray(members.sum(axis=1)).reshape(-1, 1)
    sums = members @ transformed
    sums = sums.toarray() if isinstance(sums, csr_array) else sums
    means = sums / np.maximum(sizes, 1)
    mean = sums.sum(axis=0) / count
    if isinstance(transformed, csr_array):
        squares = np.asarray((transformed * transformed).sum(axis=0)).ravel()
        total = np.maximum(squares - count * mean**2, 0)
    else:
        total = ((transformed - mean) ** 2).sum(axis=0)
    return total, (sizes * (means - mean) ** 2).sum(axis=0)


def _find_combinations(sample: pd.DataFrame, *, model: FittedModel) -> Iterator[tuple]:
    """Numeric features that are a linear combination of others.

    Each is explained by the features that spread less than it: one of a dependent set
    is, and only one, so a relation is found once, solved for the feature that spreads
    most, as a sum does. Only enterprises where every numeric feature is known count.

    Two measures. ``near_combination``: R2 of least squares. ``exact_combination``:
    share of the enterprises for which a combination holds exactly, where it is allowed
    to fail for just under half of them. That combination is sought by least trimmed
    squares (Rousseeuw 1984) with the concentration steps of Rousseeuw and Van Driessen
    (2006), from the least squares one. Enterprises with the feature's commonest value
    are not counted: a feature that is mostly 0 is not a combination.
    """
    names = [feature.name for feature in model.numeric]
    known = sample[names].dropna().to_numpy(dtype=float)
    spread = known.std(axis=0) if len(known) else np.zeros(len(names))
    is_constant = np.ptp(known, axis=0) == 0 if len(known) else np.ones(len(names))
    smaller: list[int] = []
    for i in np.argsort(spread, kind="stable"):
        exact_share = determination = exact_text = near_text = None
        if not is_constant[i] and len(known) > len(smaller) + 2:
            target, others = known[:, i], known[:, smaller]
            labels = [names[j] for j in smaller]
            near = _least_squares(target, others)
            residuals = target - _evaluate(near, others)
            determination = float(
                max(0, 1 - residuals.var() / target.var()) if smaller else 0
            )
            exact = _concentrate(target, others, near)
            exact_share = _exact_share(target, others, exact) if smaller else 0.0
            if smaller:
                near_text = _write_combination(names[i], labels, near, known, smaller)
            if exact_share > 0:
                exact_text = _write_combination(names[i], labels, exact, known, smaller)
        yield "exact_combination", names[i], exact_share, exact_text
        yield "near_combination", names[i], determination, near_text
        if not is_constant[i]:
            smaller.append(i)


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


def _evaluate(combination: np.ndarray, others: np.ndarray) -> np.ndarray:
    return combination[0] + others @ combination[1:]


def _concentrate(
    target: np.ndarray, others: np.ndarray, combination: np.ndarray
) -> np.ndarray:
    """Least trimmed squares: refit on the better half until that half stays."""
    half = (len(target) + others.shape[1] + 2) // 2
    kept = np.array([], dtype=int)
    for _ in range(_CONCENTRATION_STEPS):
        errors = np.abs(target - _evaluate(combination, others))
        better = np.sort(np.argsort(errors, kind="stable")[:half])
        if np.array_equal(better, kept):
            break
        kept = better
        combination = _least_squares(target[kept], others[kept])
    return combination


def _exact_share(
    target: np.ndarray, others: np.ndarray, combination: np.ndarray
) -> float:
    values, counts = np.unique(target, return_counts=True)
    is_counted = target != values[counts.argmax()]
    errors = np.abs(target - _evaluate(combination, others))
    holds = errors <= EXACT_TOLERANCE * np.abs(target).max()
    return float(holds[is_counted].mean())


def _write_combination(
    name: str,
    labels: list[str],
    combination: np.ndarray,
    known: np.ndarray,
    columns: list[int],
) -> str:
    """Write ``name = 2 a - b + 5`` with what contributes, largest spread first."""
    spread = known[:, columns].std(axis=0)
    contributions = np.abs(combination[1:]) * spread
    threshold = 1e-6 * contributions.max(initial=0)
    terms = [
        (combination[1 + j], f" {labels[j]}")
        for j in np.argsort(-spread, kind="stable")
        if contributions[j] > threshold
    ]
    if abs(combination[0]) > max(threshold, 1e-6):
        terms.append((combination[0], ""))
    text = ""
    for coefficient, label in terms:
        magnitude = abs(coefficient)
        size = f"{magnitude:.0f}" if magnitude >= 1000 else f"{magnitude:.3g}"
        term = label.strip() if label and size == "1" else size + label
        sign = "-" if coefficient < 0 else "+"
        text += f" {sign} {term}" if text else ("-" if sign == "-" else "") + term
    return f"{name} = {text or '0'}"
