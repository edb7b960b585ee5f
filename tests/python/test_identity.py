"""A cluster gets the identity of the segment that its profile is near, or a new one."""

import numpy as np
import pandas as pd
import pytest
from segmentation.learning.identity import (
    COLUMN_TYPES,
    PROFILE_COLUMNS,
    identify_clusters,
    keep_identities,
    profile_distances,
)

LIMIT = 0.5
SEGMENTS = {
    "facebook_leaders": (9000, 8000, 800, 200),
    "balanced_active": (4000, 1500, 1500, 1000),
    "moderate_presence": (700, 500, 150, 50),
    "low_visibility": (20, 15, 5, 0),
}


def known(profiles, *, known_from="last publication"):
    rows = [(key, known_from, *profile) for key, profile in profiles.items()]
    columns = ["segment_key", "known_from", *PROFILE_COLUMNS]
    return pd.DataFrame(rows, columns=columns)


def clusters(*profiles):
    rows = [(cluster_id, 10, *profile) for cluster_id, profile in enumerate(profiles)]
    columns = ["cluster_id", "enterprise_count", *PROFILE_COLUMNS]
    return pd.DataFrame(rows, columns=columns)


def shared(*rows):
    """Members that a cluster and a segment share: (cluster, segment, count)."""
    return pd.DataFrame(rows, columns=["cluster_id", "segment_key", "shared_count"])


def at_distance(profile, distance):
    """Move the profile by this distance, all of it in the mean total."""
    total, *others = profile
    return (float(np.expm1(np.log1p(total) + distance)), *others)


def identify(given, known_segments, shared_members=None, *, fit_id=3):
    return identify_clusters(
        given,
        known_segments,
        shared() if shared_members is None else shared_members,
        fit_id=fit_id,
        distance_limit=LIMIT,
    )


def keys_of(identities):
    return identities["segment_key"].tolist()


def test_clusters_with_the_profiles_of_the_known_segments_are_these_segments():
    identities = identify(clusters(*SEGMENTS.values()), known(SEGMENTS))

    assert list(identities.columns) == list(COLUMN_TYPES)
    assert identities["cluster_id"].tolist() == [0, 1, 2, 3]
    assert keys_of(identities) == list(SEGMENTS)
    assert set(identities["matched_by"]) == {"last publication"}
    assert identities["match_distance"].tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize("order", [(3, 2, 1, 0), (1, 3, 0, 2), (2, 0, 3, 1)])
def test_a_segment_keeps_its_key_whatever_number_its_cluster_has(order):
    """k-means numbers its clusters anew in every fit."""
    names = [list(SEGMENTS)[place] for place in order]
    moved = [at_distance(SEGMENTS[name], 0.1) for name in names]

    identities = identify(clusters(*moved), known(SEGMENTS))

    assert keys_of(identities) == names
    np.testing.assert_allclose(identities["match_distance"], 0.1)


@pytest.mark.parametrize(("distance", "is_new"), [(0.499, False), (0.501, True)])
def test_a_cluster_beyond_the_limit_is_a_new_segment_and_never_someone_elses(
    distance, is_new
):
    """The one segment that is left over would be a silent mislabel."""
    names = list(SEGMENTS)
    profiles = [*list(SEGMENTS.values())[:3], at_distance((20, 15, 5, 0), distance)]

    identities = identify(clusters(*profiles), known(SEGMENTS))

    assert keys_of(identities)[:3] == names[:3]
    last = identities.iloc[3]
    assert last["segment_key"] == ("new_3_1" if is_new else "low_visibility")
    assert last["matched_by"] == ("nothing" if is_new else "last publication")
    assert last["match_distance"] == pytest.approx(distance)


@pytest.mark.parametrize("nearer_first", [True, False])
def test_of_two_clusters_near_one_segment_the_nearer_gets_it_and_the_other_is_new(
    nearer_first,
):
    nearer, farther = (
        at_distance(SEGMENTS["balanced_active"], distance) for distance in (0.1, -0.3)
    )
    given = (nearer, farther) if nearer_first else (farther, nearer)

    identities = identify(
        clusters(*given), known({"balanced_active": SEGMENTS["balanced_active"]})
    )

    expected = ["balanced_active", "new_3_1"]
    assert keys_of(identities) == (expected if nearer_first else expected[::-1])


def test_a_pair_beyond_the_limit_breaks_no_match_within_it():
    """The least total distance would: it gives "here" to the farther cluster."""
    base = SEGMENTS["balanced_active"]
    segments = {"here": base, "there": at_distance(base, 0.8)}
    given = clusters(at_distance(base, 0.1), at_distance(base, -0.4))

    identities = identify(given, known(segments))

    assert keys_of(identities) == ["here", "new_3_1"]


def test_more_segments_than_clusters_leave_the_absent_ones_out():
    identities = identify(clusters(SEGMENTS["low_visibility"]), known(SEGMENTS))

    assert keys_of(identities) == ["low_visibility"]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_new_segments_are_numbered_by_falling_mean_total_in_any_order_of_clusters(
    order,
):
    profiles = [(90_000, 1, 1, 1), (8_000, 1, 1, 1), (1, 1, 1, 1)]

    identities = identify(clusters(*(profiles[i] for i in order)), known({}), fit_id=7)

    assert keys_of(identities) == [f"new_7_{i + 1}" for i in order]


def test_without_known_segments_every_cluster_is_new_and_has_no_distance():
    identities = identify(clusters(*SEGMENTS.values()), known({}))

    assert set(identities["matched_by"]) == {"nothing"}
    assert identities["match_distance"].isna().all()
    assert len(set(keys_of(identities))) == 4


def test_an_unknown_mean_is_left_out_of_the_distance_and_the_rest_scaled_up():
    ours = clusters((np.nan, np.e - 1, 0, 0), (np.nan, np.nan, np.nan, 0))
    theirs = known({"a": (5, 0, np.nan, 0), "b": (5, 0, 0, np.nan)})

    distances = profile_distances(ours, theirs)

    # Known on both sides: two means of which one differs by 1 in log1p.
    assert distances[0].tolist() == pytest.approx([np.sqrt(4 / 2), np.sqrt(4 / 2)])
    assert distances[1, 0] == 0
    assert distances[1, 1] > 1e6


def test_clusters_with_unknown_means_are_matched_by_the_known_ones():
    profile = (np.nan, *SEGMENTS["low_visibility"][1:])
    unknown = (np.nan,) * 4

    identities = identify(clusters(unknown, profile), known(SEGMENTS))

    assert keys_of(identities) == ["new_3_1", "low_visibility"]


def test_a_cluster_without_any_known_count_is_new_and_has_no_distance():
    identities = identify(clusters([np.nan] * 4), known(SEGMENTS))

    assert keys_of(identities) == ["new_3_1"]
    assert identities["match_distance"].isna().all()


def test_the_source_of_a_match_is_that_of_the_segment_matched():
    segments = pd.concat(
        [
            known({"facebook_leaders": SEGMENTS["facebook_leaders"]}),
            known(
                {"low_visibility": SEGMENTS["low_visibility"]}, known_from="reference"
            ),
        ],
    )
    given = clusters(SEGMENTS["low_visibility"], SEGMENTS["facebook_leaders"])

    assert identify(given, segments)["matched_by"].tolist() == [
        "reference",
        "last publication",
    ]


def test_a_new_key_is_never_one_that_is_taken():
    """Every publication numbers its fits anew, and new_3_1 may have been adopted."""
    taken = known({"new_3_1": (1e9, 1e9, 1e9, 1e9), "new_3_3": (1e8, 1e8, 1e8, 1e8)})
    found = identify(clusters((90, 0, 0, 0), (60, 0, 0, 0)), taken, fit_id=3)

    assert list(found["segment_key"]) == ["new_3_2", "new_3_4"]


def test_shared_members_beat_the_profile():
    """A segment whose audience doubled is still that segment."""
    low, leaders = SEGMENTS["low_visibility"], SEGMENTS["facebook_leaders"]
    given = clusters(leaders, low)
    swapped = shared((0, "low_visibility", 8), (1, "facebook_leaders", 9))

    identities = identify(given, known(SEGMENTS), swapped)

    assert keys_of(identities) == ["low_visibility", "facebook_leaders"]
    assert set(identities["matched_by"]) == {"shared_members"}
    assert identities["match_overlap"].tolist() == [1, 1]


def test_the_larger_heir_keeps_the_segment_and_the_smaller_is_new():
    """By hand: 6 of 10 members stay together, the other 4 make another cluster."""
    given = clusters(SEGMENTS["low_visibility"], SEGMENTS["low_visibility"])
    split = shared((0, "low_visibility", 4), (1, "low_visibility", 6))

    identities = identify(given, known(SEGMENTS), split).set_index("cluster_id")

    assert identities["segment_key"].tolist() == ["new_3_1", "low_visibility"]
    assert identities.loc[1, "match_overlap"] == 0.6


def test_half_of_the_members_are_no_majority():
    """Neither heir has a better claim, and the name must not go by chance."""
    given = clusters((1e6, 1e6, 0, 0), (2e6, 2e6, 0, 0))
    halved = shared((0, "low_visibility", 5), (1, "low_visibility", 5))

    assert keys_of(identify(given, known(SEGMENTS), halved)) == ["new_3_2", "new_3_1"]


def test_of_merged_segments_the_one_with_the_majority_lives_on():
    given = clusters(SEGMENTS["moderate_presence"])
    merged = shared((0, "low_visibility", 7), (0, "balanced_active", 3))

    assert keys_of(identify(given, known(SEGMENTS), merged)) == ["low_visibility"]


@pytest.mark.parametrize("known_members", [8, 4])
def test_a_cluster_never_takes_the_name_of_a_segment_whose_members_are_elsewhere(
    known_members,
):
    """It looks like balanced_active, whose members are in the other cluster."""
    given = clusters(SEGMENTS["balanced_active"], (1, 1, 0, 0))
    members = shared(
        (0, "moderate_presence", known_members // 2),
        (0, "low_visibility", known_members // 2),
        (1, "balanced_active", 10),
    )

    identities = identify(given, known(SEGMENTS), members)

    assert keys_of(identities) == ["new_3_1", "balanced_active"]


def test_a_segment_of_an_earlier_fit_returns_by_its_profile():
    """It has no members under the model before, so its profile may speak."""
    given = clusters(SEGMENTS["moderate_presence"])
    members = shared((0, "new_2_1", 5), (0, "new_2_2", 5))
    segments = known(SEGMENTS | {"new_2_1": (1, 1, 0, 0), "new_2_2": (2, 2, 0, 0)})

    assert keys_of(identify(given, segments, members)) == ["moderate_presence"]


def test_the_profile_decides_where_too_few_members_are_shared():
    """5 of its 10 members were known before: no majority, so they cannot tell."""
    given = clusters(SEGMENTS["balanced_active"])
    members = shared((0, "low_visibility", 5))

    assert keys_of(identify(given, known(SEGMENTS), members)) == ["balanced_active"]


def test_a_kept_fit_keeps_its_segments_cluster_by_cluster():
    published = pd.DataFrame(
        [(1, 0, "p"), (2, 1, "q"), (2, 0, "p"), (1, 1, "r")],
        columns=["fit_id", "cluster_id", "segment_key"],
    )

    identities = keep_identities(published, fit_id=2)

    assert list(identities.columns) == list(COLUMN_TYPES)
    assert list(zip(identities["cluster_id"], keys_of(identities), strict=True)) == [
        (0, "p"),
        (1, "q"),
    ]
