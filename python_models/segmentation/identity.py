"""Give each cluster of a fit the business identity it stands for.

A cluster's number is arbitrary; its segment is recognised by its profile: the four
mean follower counts on a logarithmic scale, matched one-to-one to the profiles of
the known segments with the least total distance (Kuhn 1955, the Hungarian method).
A cluster too far from its match is a new segment: never a silent mislabel.
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
    "matched_to": "varchar",
    "match_distance": "double",
    "is_new_segment": "boolean",
}


def identify_clusters(
    clusters: pd.DataFrame,
    known_segments: pd.DataFrame,
    *,
    fit_id: int,
    distance_limit: float,
) -> pd.DataFrame:
    """Match clusters to known segments and name those that match none.

    Parameters
    ----------
    clusters : pandas.DataFrame
        ``cluster_id`` and the profile columns (mean follower counts, NaN where no
        count is known), one row per cluster.
    known_segments : pandas.DataFrame
        ``segment_key``, ``matched_to`` (where the profile comes from) and the profile
        columns, one row per segment; may be empty.
    fit_id : int
        Makes the keys of new segments unique over the fits.
    distance_limit : float
        Largest distance at which a cluster is still its match.

    Returns
    -------
    pandas.DataFrame
        ``cluster_id``, ``segment_key``, ``matched_to`` ('nothing' for a new segment),
        ``match_distance`` (to the nearest known segment, None if there is none) and
        ``is_new_segment``, ordered by cluster. New keys are ``new_<fit>_<n>``,
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
    # A pair beyond the limit costs as much as no match: it never pays to break a
    # true match for it.
    matched = dict(
        zip(*linear_sum_assignment(np.minimum(distances, distance_limit)), strict=True)
    )
    rows, new_keys = [], _unused_keys(known_segments["segment_key"], fit_id=fit_id)
    for i, cluster_id in enumerate(clusters["cluster_id"]):
        match = matched.get(i)
        nearest = float(distances[i].min()) if distances.shape[1] else None
        if match is not None and distances[i, match] <= distance_limit:
            segment_key = known_segments.loc[match, "segment_key"]
            matched_to = known_segments.loc[match, "matched_to"]
            distance = float(distances[i, match])
        else:
            segment_key, matched_to = next(new_keys), "nothing"
            distance = nearest
        rows.append(
            {
                "cluster_id": int(cluster_id),
                "segment_key": segment_key,
                "matched_to": matched_to,
                "match_distance": distance,
                "is_new_segment": matched_to == "nothing",
            }
        )
    return pd.DataFrame(rows).sort_values("cluster_id", ignore_index=True)


def _unused_keys(taken: pd.Series, *, fit_id: int) -> Iterator[str]:
    keys = (f"new_{fit_id}_{number}" for number in count(1))
    return (key for key in keys if key not in set(taken))


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
    return np.where(shared > 0, np.sqrt(scaled), 1e9)
