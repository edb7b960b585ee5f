"""Give each cluster of a fit the business identity it stands for.

A cluster's number is arbitrary; its segment is recognised, in this order,

1. by its members: a cluster and a segment of the last fit are one if each holds the
   majority of the other's members, scored by the last model on the same data;
2. by its profile, where that says nothing because too few members are shared, or
   because the segment is not of the last fit: the means of the measures that the
   variable ``identified_by`` names, on a logarithmic scale, matched one-to-one with
   the least total distance (Kuhn 1955, the Hungarian method).

A cluster that is recognised by neither is a new segment: never a silent mislabel.
"""

from itertools import count

import numpy as np
import pandas as pd
from duckdb import DuckDBPyConnection, DuckDBPyRelation
from scipy.optimize import linear_sum_assignment

from segmentation.learning.settings import Variables, variables_of
from segmentation.typed_table import typed_table

COLUMN_TYPES = {
    "segmentation": "string",
    "cluster_id": "integer",
    "segment_key": "string",
    "matched_by": "string",
    "match_distance": "double",
    "match_overlap": "double",
}

# A majority is more than this share, and so is enough shared members to tell.
MAJORITY = 0.5
# Stands for an infinite distance, which the assignment cannot take.
UNREACHABLE = 1e9


def identify_segments(
    *,
    variables: DuckDBPyRelation,
    clusters: DuckDBPyRelation,
    known: DuckDBPyRelation,
    shared: DuckDBPyRelation,
    fits: DuckDBPyRelation,
    published_clusters: DuckDBPyRelation,
    connection: DuckDBPyConnection,
) -> DuckDBPyRelation:
    """Match the clusters of every segmentation to the segments they stand for.

    The tables, each with ``segmentation``: ``segmentation_variables``; clusters
    (``cluster_id``, ``member_count``, ``measure``, ``mean_value``); known segments
    (``segment_key``, ``known_from``, ``measure``, ``mean_value``); shared members
    (``cluster_id``, ``segment_key``, ``shared_count``: how many members of the cluster
    the last model puts into the segment); current fits (``fit_id``, ``is_new_fit``);
    and the published ``fit_clusters``.
    """
    tables = [table.df() for table in (clusters, known, shared, published_clusters)]
    identities = [pd.DataFrame()]
    for name, fit_id, is_new_fit in (
        fits.project("segmentation, fit_id, is_new_fit").order("1").fetchall()
    ):
        *news, published = (rows[rows["segmentation"] == name] for rows in tables)
        if is_new_fit:
            ours = variables_of(name, variables)
            found = identify_clusters(*news, fit_id=fit_id, variables=ours)
        else:
            found = keep_identities(published, fit_id=fit_id)
        identities.append(found.assign(segmentation=name))
    rows = pd.concat([table.astype(object) for table in identities], ignore_index=True)
    return typed_table(connection, rows, COLUMN_TYPES)


def keep_identities(published: pd.DataFrame, *, fit_id: int) -> pd.DataFrame:
    """Read the segments that the clusters of a published fit stand for."""
    kept = published.loc[published["fit_id"] == fit_id, ["cluster_id", "segment_key"]]
    return kept.assign(
        matched_by="same_fit", match_distance=None, match_overlap=None
    ).sort_values("cluster_id", ignore_index=True)


def identify_clusters(
    clusters: pd.DataFrame,
    known: pd.DataFrame,
    shared: pd.DataFrame,
    *,
    fit_id: int,
    variables: Variables,
) -> pd.DataFrame:
    """Match the clusters of a new fit to known segments and name those that match none.

    ``matched_by`` is 'shared_members', what ``known_from`` says of the matched profile,
    or 'nothing'; ``match_distance`` that of the profiles, for a new segment to the
    nearest known one, None if there is none or all means of one side are unknown;
    ``match_overlap`` the Jaccard index of the members, None where they did not decide.
    New keys are ``new_<fit>_<n>``, numbered by falling mean of the first measure, so
    that they do not depend on the cluster number; a key that is taken already is left
    out.
    """
    profile = list(variables.identified_by)
    # Ordered by profile, so that equal costs are resolved alike in every fit.
    clusters = _profiles(clusters, ["cluster_id", "member_count"], profile)
    clusters = clusters.sort_values(
        [*profile, "cluster_id"], ascending=[False] * len(profile) + [True]
    )
    segments = _profiles(known, ["segment_key", "known_from"], profile)
    sizes = clusters["member_count"].to_numpy()
    shared_counts = (
        shared.pivot(index="cluster_id", columns="segment_key", values="shared_count")
        .reindex(index=clusters["cluster_id"], columns=segments["segment_key"])
        .fillna(0)
        .to_numpy(dtype=float)
    )
    distances = profile_distances(clusters[profile], segments[profile])
    # Jaccard index: shared members over all of both.
    either = np.add.outer(shared_counts.sum(axis=1), shared_counts.sum(axis=0))
    overlaps = shared_counts / np.maximum(either - shared_counts, 1)
    by_members = match_by_members(shared_counts, cluster_sizes=sizes)
    by_profile = match_by_profile(
        distances,
        is_open=_open_pairs(shared_counts, cluster_sizes=sizes, taken=by_members),
        distance_limit=variables.identity_distance_limit,
    )
    keys, known_from = segments["segment_key"].tolist(), segments["known_from"].tolist()
    new_keys = (f"new_{fit_id}_{number}" for number in count(1))
    unused_keys = (key for key in new_keys if key not in keys)
    rows = []
    for i, cluster_id in enumerate(clusters["cluster_id"]):
        match, overlap = by_members.get(i, by_profile.get(i)), None
        if match is None:
            key, matched_by = next(unused_keys), "nothing"
            distance = distances[i].min(initial=UNREACHABLE)
        else:
            key, matched_by = keys[match], known_from[match]
            distance = distances[i, match]
        if i in by_members:
            matched_by, overlap = "shared_members", overlaps[i, match]
        distance = None if distance == UNREACHABLE else distance
        rows.append((cluster_id, key, matched_by, distance, overlap))
    return pd.DataFrame(rows, columns=list(COLUMN_TYPES)[1:]).sort_values(
        "cluster_id", ignore_index=True
    )


def match_by_members(
    shared: np.ndarray, *, cluster_sizes: np.ndarray
) -> dict[int, int]:
    """Match clusters and segments that hold the majority of each other's members.

    At most one segment can be matched to a cluster, and the other way round. Shared
    members have shape (n_clusters, n_segments); the sizes count all members of a
    cluster, those without a former segment included. Returns cluster to segment, by
    position.
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

    Only open pairs. Returns cluster to segment, by position.
    """
    reachable = np.where(is_open, distances, UNREACHABLE)
    # A pair beyond the limit costs as much as no match: it never pays to break a
    # true match for it.
    pairs = zip(
        *linear_sum_assignment(np.minimum(reachable, distance_limit)), strict=True
    )
    return {int(i): int(j) for i, j in pairs if reachable[i, j] <= distance_limit}


def profile_distances(ours: pd.DataFrame, theirs: pd.DataFrame) -> np.ndarray:
    """Euclidean distances between log1p of profiles, a row each.

    A mean that is unknown on either side is left out and the rest scaled up to
    all; with none in common the distance is UNREACHABLE.
    """
    logs = [np.log1p(table.to_numpy(dtype=float)) for table in (ours, theirs)]
    squares = (logs[0][:, None, :] - logs[1][None, :, :]) ** 2
    shared = (~np.isnan(squares)).sum(axis=2)
    with np.errstate(invalid="ignore", divide="ignore"):
        scaled = np.nansum(squares, axis=2) * ours.shape[1] / shared
    return np.where(shared > 0, np.sqrt(scaled), UNREACHABLE)


def _profiles(rows: pd.DataFrame, keys: list[str], measures: list[str]) -> pd.DataFrame:
    """Give every key a row, with a column of means per measure, NaN if unknown."""
    first = rows.drop_duplicates([keys[0], "measure"])
    means = first.pivot(index=keys[0], columns="measure", values="mean_value")
    profiles = means.reindex(columns=measures).astype(float).rename_axis(columns=None)
    return profiles.merge(rows.drop_duplicates(keys[0])[keys], on=keys[0])


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
