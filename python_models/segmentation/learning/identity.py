"""Give each cluster of a fit the business identity it stands for.

A cluster's number is arbitrary; its segment is recognised, in this order,

1. by its members: a cluster and a segment of the last fit are one if each holds the
   majority of the other's enterprises, scored by the last model on the same data;
2. by its profile, where that says nothing because too few members are shared, or
   because the segment is not of the last fit: the four mean follower counts on a
   logarithmic scale, matched one-to-one with the least total distance (Kuhn 1955, the
   Hungarian method).

A cluster that is recognised by neither is a new segment: never a silent mislabel.
"""

from collections.abc import Iterator
from itertools import count

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment

PROFILE_COLUMNS = (
    "mean_followers_total",
    "mean_followers_facebook",
    "mean_followers_instagram",
    "mean_followers_tiktok",
)

COLUMN_TYPES = {
    "cluster_id": "integer",
    "segment_key": "varchar",
    "matched_by": "varchar",
    "match_distance": "double",
    "match_overlap": "double",
}

# A majority is more than this share, and so is enough shared members to tell.
MAJORITY = 0.5
# Stands for an infinite distance, which the assignment cannot take.
UNREACHABLE = 1e9


def keep_identities(published: pd.DataFrame, *, fit_id: int) -> pd.DataFrame:
    """Read the segments that the clusters of a published fit stand for.

    Parameters
    ----------
    published : pandas.DataFrame
        ``fit_id``, ``cluster_id`` and ``segment_key`` of every published fit.
    fit_id : int
        The fit that is kept.

    Returns
    -------
    pandas.DataFrame
        The columns of COLUMN_TYPES, ordered by cluster; ``matched_by`` is 'same_fit'.
    """
    kept = published.loc[published["fit_id"] == fit_id, ["cluster_id", "segment_key"]]
    return kept.assign(
        matched_by="same_fit", match_distance=None, match_overlap=None
    ).sort_values("cluster_id", ignore_index=True)


def identify_clusters(
    clusters: pd.DataFrame,
    known_segments: pd.DataFrame,
    shared_members: pd.DataFrame,
    *,
    fit_id: int,
    distance_limit: float,
) -> pd.DataFrame:
    """Match the clusters of a new fit to known segments and name those that match none.

    Parameters
    ----------
    clusters : pandas.DataFrame
        ``cluster_id``, ``enterprise_count`` and the profile columns (mean follower
        counts, NaN where no count is known), one row per cluster.
    known_segments : pandas.DataFrame
        ``segment_key``, ``known_from`` (where its profile comes from) and the profile
        columns, one row per segment; may be empty.
    shared_members : pandas.DataFrame
        ``cluster_id``, ``segment_key`` and ``shared_count``: how many enterprises of
        the cluster the last model puts into the segment; empty on a first fit.
    fit_id : int
        Makes the keys of new segments unique over the fits.
    distance_limit : float
        Largest distance at which a profile is still recognised.

    Returns
    -------
    pandas.DataFrame
        ``cluster_id``, ``segment_key``, ``matched_by`` ('shared_members', what
        ``known_from`` says of the matched profile, or 'nothing'), ``match_distance``
        (of the profiles; for a new segment to the nearest known one; None if there is
        none or all counts of one side are unknown) and ``match_overlap`` (Jaccard
        index of the members; None where the match was not by members), ordered by
        cluster. New keys are ``new_<fit>_<n>``,
        numbered by falling mean total, so that they do not depend on the cluster
        number; a number whose key is taken already is left out.
    """
    # Ordered by profile, so that equal costs are resolved alike in every fit.
    clusters = clusters.sort_values(
        [*PROFILE_COLUMNS, "cluster_id"],
        ascending=[False] * len(PROFILE_COLUMNS) + [True],
        kind="stable",
    ).reset_index(drop=True)
    known_segments = known_segments.sort_values("segment_key").reset_index(drop=True)
    distances = profile_distances(clusters, known_segments)
    shared = _shared_matrix(clusters, known_segments, shared_members)
    by_members = match_by_members(
        shared, cluster_sizes=clusters["enterprise_count"].to_numpy()
    )
    by_profile = match_by_profile(
        distances,
        is_open=_open_pairs(
            shared,
            cluster_sizes=clusters["enterprise_count"].to_numpy(),
            taken=by_members,
        ),
        distance_limit=distance_limit,
    )
    rows, new_keys = [], _unused_keys(known_segments["segment_key"], fit_id=fit_id)
    for i, cluster_id in enumerate(clusters["cluster_id"]):
        match = by_members.get(i, by_profile.get(i))
        if match is None:
            key, matched_by, overlap = next(new_keys), "nothing", None
            distance = _known(distances[i].min(initial=UNREACHABLE))
        else:
            key = known_segments.loc[match, "segment_key"]
            is_by_members = i in by_members
            matched_by = (
                "shared_members"
                if is_by_members
                else known_segments.loc[match, "known_from"]
            )
            distance = _known(distances[i, match])
            overlap = float(jaccard(shared)[i, match]) if is_by_members else None
        rows.append((int(cluster_id), key, matched_by, distance, overlap))
    return pd.DataFrame(rows, columns=list(COLUMN_TYPES)).sort_values(
        "cluster_id", ignore_index=True
    )


def match_by_members(
    shared: np.ndarray, *, cluster_sizes: np.ndarray
) -> dict[int, int]:
    """Match clusters and segments that hold the majority of each other's members.

    At most one segment can be matched to a cluster, and the other way round.

    Parameters
    ----------
    shared : numpy.ndarray, shape (n_clusters, n_segments)
        Number of shared members.
    cluster_sizes : numpy.ndarray, shape (n_clusters,)
        All members of a cluster, those without a former segment included.

    Returns
    -------
    dict of int to int
        Cluster to segment, by position.
    """
    of_clusters = shared.sum(axis=1, keepdims=True)
    of_segments = shared.sum(axis=0, keepdims=True)
    is_match = (
        (shared > MAJORITY * of_clusters)
        & (shared > MAJORITY * of_segments)
        & (of_clusters > MAJORITY * cluster_sizes[:, None])
    )
    return {int(i): int(j) for i, j in np.argwhere(is_match)}


def match_by_profile(
    distances: np.ndarray, *, is_open: np.ndarray, distance_limit: float
) -> dict[int, int]:
    """Match one-to-one with the least total distance, within the limit.

    Parameters
    ----------
    distances : numpy.ndarray, shape (n_clusters, n_segments)
    is_open : numpy.ndarray of bool, shape (n_clusters, n_segments)
        The pairs that may be matched.
    distance_limit : float

    Returns
    -------
    dict of int to int
        Cluster to segment, by position.
    """
    reachable = np.where(is_open, distances, UNREACHABLE)
    # A pair beyond the limit costs as much as no match: it never pays to break a
    # true match for it.
    pairs = zip(
        *linear_sum_assignment(np.minimum(reachable, distance_limit)), strict=True
    )
    return {int(i): int(j) for i, j in pairs if reachable[i, j] <= distance_limit}


def jaccard(shared: np.ndarray) -> np.ndarray:
    """Jaccard index of every cluster and segment: shared members over all of both."""
    of_clusters = shared.sum(axis=1, keepdims=True)
    of_segments = shared.sum(axis=0, keepdims=True)
    return shared / np.maximum(of_clusters + of_segments - shared, 1)


def profile_distances(
    clusters: pd.DataFrame, known_segments: pd.DataFrame
) -> np.ndarray:
    """Euclidean distances between log1p of the profiles.

    A mean that is unknown on either side is left out and the rest scaled up to
    four; with none in common the distance is infinite (a large finite number, which
    the assignment needs).

    Returns
    -------
    numpy.ndarray, shape (n_clusters, n_segments)
    """
    ours = np.log1p(clusters[list(PROFILE_COLUMNS)].to_numpy(dtype=float))
    theirs = np.log1p(known_segments[list(PROFILE_COLUMNS)].to_numpy(dtype=float))
    squares = (ours[:, None, :] - theirs[None, :, :]) ** 2
    shared = (~np.isnan(squares)).sum(axis=2)
    with np.errstate(invalid="ignore", divide="ignore"):
        scaled = np.nansum(squares, axis=2) * len(PROFILE_COLUMNS) / shared
    return np.where(shared > 0, np.sqrt(scaled), UNREACHABLE)


def _known(distance: float) -> float | None:
    return None if distance == UNREACHABLE else float(distance)


def _shared_matrix(
    clusters: pd.DataFrame, known_segments: pd.DataFrame, shared_members: pd.DataFrame
) -> np.ndarray:
    return (
        shared_members.pivot(
            index="cluster_id", columns="segment_key", values="shared_count"
        )
        .reindex(index=clusters["cluster_id"], columns=known_segments["segment_key"])
        .fillna(0)
        .to_numpy(dtype=float)
    )


def _open_pairs(
    shared: np.ndarray, *, cluster_sizes: np.ndarray, taken: dict[int, int]
) -> np.ndarray:
    """Tell for which pairs the profile may speak, because their members do not.

    A segment whose members are seen in other clusters is not this cluster, however
    alike the two look.
    """
    has_few_shared = shared.sum(axis=1) <= MAJORITY * cluster_sizes
    has_no_members = shared.sum(axis=0) == 0
    is_main_heir = shared > MAJORITY * shared.sum(axis=0)
    is_elsewhere = is_main_heir.any(axis=0) & ~is_main_heir
    is_open = (has_few_shared[:, None] & ~is_elsewhere) | has_no_members[None, :]
    is_open[list(taken), :] = False
    is_open[:, list(taken.values())] = False
    return is_open


def _unused_keys(taken: pd.Series, *, fit_id: int) -> Iterator[str]:
    keys = (f"new_{fit_id}_{number}" for number in count(1))
    return (key for key in keys if key not in set(taken))
