"""Give each cluster of a fit the business identity it stands for.

A cluster's number is arbitrary; its segment is recognised, in this order,

1. by a clear majority of members: a cluster and a segment of the last fit are one if
   each holds nearly all of the other's members, scored by the last model on the same
   data, and the profile says nothing else;
2. by a bare majority of members, unless another segment has the better claim: one whose
   profile is all but identical, such as what was merged and comes out again, or one
   that is named or older and plausible too;
3. by the majority of what is left, where such a claim has won;
4. by its profile, where too few members are shared to tell, or for a segment that is
   not of the last fit.

Profiles are means of the measures that the variable ``identified_by`` names, on a
logarithmic scale; a segment has that of each of its fits, so that what a merge made of
it does not hide what it was. They are matched one-to-one with the least total distance
(Kuhn 1955, the Hungarian method).

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
# A share beyond this is clear and no bare majority: with the same groups a refit keeps
# more of them, and a group that left for another segment unnoticed is smaller.
CLEAR_MAJORITY = 0.9
# Share of the distance limit up to which a profile is all but identical. Of 0.5 that is
# 0.1, or four means that are each 5 % off: ten times what true matches on the shipped
# data measure, and more than the means of counts that wander by 3 % a month.
ALL_BUT_IDENTICAL = 0.2
# Makes a cost win over an equal one and over no other.
BARELY_BELOW = 1 - 1e-6
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
    (``segment_key``, ``seniority``, ``known_from``, ``fit_id`` of the profile,
    ``measure``, ``mean_value``); shared members (``cluster_id``, ``segment_key``,
    ``known_count``: how many members of the cluster the last model puts into the
    segment, without those whom the last publication does not have); current fits
    (``fit_id``, ``is_new_fit``); and the published ``fit_clusters``.
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

    ``matched_by`` is 'shared_members', or 'members_alone' where the profile is beyond
    the limit, what ``known_from`` says of the matched profile, or 'nothing';
    ``match_distance`` that of the profiles, for a new segment to the
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
    segments = _profiles(known, ["segment_key", "known_from", "seniority"], profile)
    sizes = clusters["member_count"].to_numpy()
    shared_counts = (
        shared.pivot(index="cluster_id", columns="segment_key", values="known_count")
        .reindex(index=clusters["cluster_id"], columns=segments["segment_key"])
        .fillna(0)
        .to_numpy(dtype=float)
    )
    distances = np.full(shared_counts.shape, UNREACHABLE)
    # Of all profiles that a segment has had the nearest counts.
    for _, rows in known.groupby("fit_id", dropna=False):
        theirs = _profiles(rows, ["segment_key"], profile).set_index("segment_key")
        theirs = theirs.reindex(segments["segment_key"])
        found = profile_distances(clusters[profile], theirs)
        distances = np.minimum(distances, found)
    # Jaccard index: shared members over all of both.
    either = np.add.outer(shared_counts.sum(axis=1), shared_counts.sum(axis=0))
    overlaps = shared_counts / np.maximum(either - shared_counts, 1)
    by_members, by_profile = match_segments(
        shared_counts,
        distances,
        cluster_sizes=sizes,
        seniority=segments["seniority"].to_numpy(dtype=float),
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
        distance = None if distance == UNREACHABLE else distance
        if i in by_members:
            is_far = (distance or 0) > variables.identity_distance_limit
            matched_by = "members_alone" if is_far else "shared_members"
            overlap = overlaps[i, match]
        rows.append((cluster_id, key, matched_by, distance, overlap))
    return pd.DataFrame(rows, columns=list(COLUMN_TYPES)[1:]).sort_values(
        "cluster_id", ignore_index=True
    )


def match_segments(
    shared: np.ndarray,
    distances: np.ndarray,
    *,
    cluster_sizes: np.ndarray,
    seniority: np.ndarray,
    distance_limit: float,
) -> tuple[dict[int, int], dict[int, int]]:
    """Match clusters to segments in the order that the module tells.

    Shared members and distances have shape (n_clusters, n_segments); the sizes count
    all members of a cluster, and seniority is least for named and old segments. Returns
    cluster to segment, by position: those that members tell, and those that the profile
    does.
    """
    by_members: dict[int, int] = {}
    by_profile: dict[int, int] = {}

    def left(rows: np.ndarray, nothing: float) -> np.ndarray:
        rest, matched = rows.astype(float), by_members | by_profile
        rest[list(matched), :] = rest[:, list(matched.values())] = nothing
        return rest

    # 1. Clear majorities whose profile agrees.
    near = ALL_BUT_IDENTICAL * distance_limit
    clear = match_by_members(
        shared, cluster_sizes=cluster_sizes, majority=CLEAR_MAJORITY
    )
    by_members |= {i: j for i, j in clear.items() if distances[i, j] <= near}
    # 2. Who holds a majority keeps its segment unless another claim costs less:
    # distance is the cost, and a pair that may not claim is unreachable.
    holders = match_by_members(left(shared, 0), cluster_sizes=cluster_sizes)
    has_few_shared = shared.sum(axis=1) <= MAJORITY * cluster_sizes
    has_no_members = shared.sum(axis=0) == 0
    is_main_heir = shared > MAJORITY * shared.sum(axis=0)
    comes_from = shared > MAJORITY * shared.sum(axis=1, keepdims=True)
    may_claim = has_no_members | is_main_heir
    is_near = (may_claim | comes_from) & (distances <= near)
    costs = np.where(is_near, distances, UNREACHABLE)
    for i, held in holders.items():
        is_bare, own = i not in clear, distances[i, held]
        plausible = may_claim[i] & (distances[i] <= distance_limit) & is_bare
        if own <= near:
            # Members and profile agree: no other part of the segment has a claim.
            costs[:, held] = UNREACHABLE
        if is_bare and own > distance_limit:
            # The profile speaks against it: any plausible segment costs less.
            costs[i, plausible] = distances[i, plausible]
            costs[i, held] = distance_limit * BARELY_BELOW
        else:
            # Only what is all but identical, or named or older, costs less.
            senior = plausible & (seniority < seniority[held])
            costs[i, senior] = np.minimum(costs[i, senior], near * BARELY_BELOW)
            costs[i, held] = min(own, near)
    for i, j in match_by_profile(left(costs, UNREACHABLE), distance_limit).items():
        (by_members if holders.get(i) == j else by_profile)[i] = j
    # 3. The majority of what is left.
    heirs = match_by_members(left(shared, 0), cluster_sizes=cluster_sizes)
    by_members |= {i: j for i, j in heirs.items() if distances[i, j] <= distance_limit}
    # 4. The profile alone. A segment whose members are seen in other clusters is not
    # this cluster, however alike the two look.
    is_elsewhere = is_main_heir.any(axis=0) & ~is_main_heir
    is_open = (has_few_shared[:, None] & ~is_elsewhere) | has_no_members
    reachable = np.where(is_open, distances, UNREACHABLE)
    return by_members, by_profile | match_by_profile(
        left(reachable, UNREACHABLE), distance_limit
    )


def match_by_members(
    shared: np.ndarray, *, cluster_sizes: np.ndarray, majority: float = MAJORITY
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
        (shared > majority * of_clusters)
        & (shared > majority * of_segments)
        & (of_clusters > MAJORITY * cluster_sizes[:, None])
    )
    return {int(i): int(j) for i, j in np.argwhere(is_match)}


def match_by_profile(distances: np.ndarray, distance_limit: float) -> dict[int, int]:
    """Match one-to-one with the least total distance, within the limit.

    Returns cluster to segment, by position.
    """
    # A pair beyond the limit costs as much as no match: it never pays to break a
    # true match for it.
    pairs = zip(
        *linear_sum_assignment(np.minimum(distances, distance_limit)), strict=True
    )
    return {int(i): int(j) for i, j in pairs if distances[i, j] <= distance_limit}


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
