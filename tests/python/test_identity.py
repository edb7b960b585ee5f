"""A cluster gets the identity of the segment that it stands for, or a new one."""

import json
from collections import Counter

import duckdb
import numpy as np
import pandas as pd
import pytest
from lasting_keys import live_through
from planted_data import FOLLOWERS, VARIABLES, make_variables
from segmentation.learning.identity import (
    COLUMN_TYPES,
    identify_clusters,
    identify_segments,
    profile_distances,
)

SEGMENTS = {
    "facebook_leaders": (9000, 8000, 800, 200),
    "balanced_active": (4000, 1500, 1500, 1000),
    "moderate_presence": (700, 500, 150, 50),
    "low_visibility": (20, 15, 5, 0),
}
LEADERS, BALANCED, MODERATE, LOW = SEGMENTS.values()
UNKNOWN = (np.nan,) * 4


def at_distance(profile, distance):
    """Move the profile by this distance, all of it in the mean total."""
    total, *others = profile
    return (float(np.expm1(np.log1p(total) + distance)), *others)


def table(columns, rows):
    return pd.DataFrame(rows, columns=columns.split())


def identify(profiles, segments=SEGMENTS, shared=(), *, before=(), fit_id=3):
    """Identities of clusters of 10 members, by cluster.

    Segments by key, senior ones first, and profiles of them ``before``, as pairs;
    shared members as (cluster, segment, count).
    """
    clusters = [
        (cluster_id, 10, measure, mean)
        for cluster_id, profile in enumerate(profiles)
        # A measure that nothing is identified by is left out.
        for measure, mean in [*zip(FOLLOWERS, profile, strict=True), ("turnover", 1e9)]
    ]
    known = [
        (key, "reference" if key == "low_visibility" else "published",
         list(segments).index(key), number, measure, mean)
        for number, (key, profile) in enumerate([*segments.items(), *before])
        for measure, mean in zip(FOLLOWERS, profile, strict=True)
    ]  # fmt: skip
    identities = identify_clusters(
        table("cluster_id member_count measure mean_value", clusters),
        table("segment_key known_from seniority fit_id measure mean_value", known),
        table("cluster_id segment_key known_count", shared),
        fit_id=fit_id,
        # Their distance limit is 0.5.
        variables=make_variables(),
    )
    assert identities["cluster_id"].tolist() == list(range(len(profiles)))
    return identities


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (1, 3, 0, 2)])
def test_a_segment_keeps_its_key_whatever_number_its_cluster_has(order):
    """k-means numbers its clusters anew in every fit."""
    names = [list(SEGMENTS)[place] for place in order]
    identities = identify([at_distance(SEGMENTS[name], 0.1) for name in names])
    assert list(identities.columns) == list(COLUMN_TYPES)[1:]
    assert identities["segment_key"].tolist() == names
    assert identities["matched_by"].tolist() == [
        "reference" if name == "low_visibility" else "published" for name in names
    ]
    np.testing.assert_allclose(identities["match_distance"], 0.1)


@pytest.mark.parametrize(("distance", "is_new"), [(0.499, False), (0.501, True)])
def test_a_cluster_beyond_the_limit_is_a_new_segment_and_never_someone_elses(
    distance, is_new
):
    """The one segment that is left over would be a silent mislabel."""
    identities = identify([LEADERS, BALANCED, MODERATE, at_distance(LOW, distance)])
    found = ["new_3_1", "nothing"] if is_new else ["low_visibility", "reference"]
    assert identities["segment_key"].tolist()[:3] == list(SEGMENTS)[:3]
    assert identities.iloc[3].tolist()[1:4] == [*found, pytest.approx(distance)]


@pytest.mark.parametrize(
    ("profiles", "segments", "keys"),
    [
        # Of two clusters near one segment the nearer gets it, and the other is new.
        ((0.1, -0.3), (0,), ["s0", "new_3_1"]),
        ((-0.3, 0.1), (0,), ["new_3_1", "s0"]),
        # The least total distance alone would give s0 to the farther cluster.
        ((0.1, -0.4), (0, 0.8), ["s0", "new_3_1"]),
    ],
)
def test_a_pair_beyond_the_limit_breaks_no_match_within_it(profiles, segments, keys):
    identities = identify(
        [at_distance(BALANCED, distance) for distance in profiles],
        {f"s{i}": at_distance(BALANCED, d) for i, d in enumerate(segments)},
    )
    assert identities["segment_key"].tolist() == keys


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_new_segments_are_numbered_by_falling_mean_total_past_known_keys(order):
    profiles = [(90_000, 1, 1, 1), (8_000, 1, 1, 1), (1, 1, 1, 1)]
    profiles = [profiles[i] for i in order]
    identities = identify(profiles, {}, fit_id=7)
    assert identities["segment_key"].tolist() == [f"new_7_{i + 1}" for i in order]
    assert set(identities["matched_by"]) == {"nothing"}
    assert identities["match_distance"].isna().all()
    known = identify(profiles, {"new_3_2": (1e9,) * 4})["segment_key"]
    assert known.tolist() == [f"new_3_{(1, 3, 4)[i]}" for i in order]


def test_an_unknown_mean_is_left_out_of_the_distance_and_the_rest_scaled_up():
    ours = pd.DataFrame([(np.nan, np.e - 1, 0, 0), (np.nan, np.nan, np.nan, 0)])
    theirs = pd.DataFrame([(5, 0, np.nan, 0), (5, 0, 0, np.nan)])
    distances = profile_distances(ours, theirs)
    # Known on both sides: two means of which one differs by 1 in log1p.
    assert distances[0].tolist() == pytest.approx([np.sqrt(4 / 2), np.sqrt(4 / 2)])
    assert distances[1, 0] == 0
    assert distances[1, 1] > 1e6
    identities = identify([UNKNOWN, (np.nan, *LOW[1:])])
    assert identities["segment_key"].tolist() == ["new_3_1", "low_visibility"]
    assert identities["match_distance"].isna().tolist() == [True, False]


@pytest.mark.parametrize(
    ("profiles", "shared", "keys", "overlaps"),
    [
        pytest.param(
            [LEADERS, LOW], [(0, "low_visibility", 8), (1, "facebook_leaders", 9)],
            ["low_visibility", "facebook_leaders"], [1, 1],
            id="shared members beat the profile: an audience may double",
        ),
        pytest.param(
            [LOW, LOW], [(0, "low_visibility", 4), (1, "low_visibility", 6)],
            ["new_3_1", "low_visibility"], [np.nan, 0.6],
            id="the larger heir keeps the segment and the smaller is new",
        ),
        pytest.param(
            [(1e6, 1e6, 0, 0), (2e6, 2e6, 0, 0)],
            [(0, "low_visibility", 5), (1, "low_visibility", 5)],
            ["new_3_2", "new_3_1"], [np.nan, np.nan],
            id="half is no majority: a name must not go by chance",
        ),
        pytest.param(
            [at_distance(LOW, 0.3)],
            [(0, "low_visibility", 7), (0, "balanced_active", 3)],
            ["low_visibility"], [0.7],
            id="of merged segments the one with the majority lives on",
        ),
        *(
            pytest.param(
                [BALANCED, (1, 1, 0, 0)],
                [(0, "moderate_presence", half), (0, "low_visibility", half),
                 (1, "balanced_active", 10)],
                ["new_3_1", "balanced_active"], [np.nan, 1],
                id=f"no name of a segment whose members are elsewhere, {half} known",
            )
            for half in (4, 2)
        ),
        pytest.param(
            [MODERATE], [(0, "facebook_leaders", 5), (0, "low_visibility", 5)],
            ["moderate_presence"], [np.nan],
            id="a segment without members in the last fit returns by its profile",
        ),
        pytest.param(
            [BALANCED], [(0, "low_visibility", 5)], ["balanced_active"], [np.nan],
            id="the profile decides where too few members are shared",
        ),
    ],
)  # fmt: skip
def test_members_decide_before_profiles(profiles, shared, keys, overlaps):
    identities = identify(profiles, shared=shared)
    assert identities["segment_key"].tolist() == keys
    found = identities["match_overlap"].to_numpy(dtype=float)
    np.testing.assert_equal(found, np.array(overlaps, dtype=float))
    is_by_members = identities["matched_by"].isin(["shared_members", "members_alone"])
    assert (is_by_members == identities["match_overlap"].notna()).all()
    is_far = is_by_members & (identities["match_distance"].astype(float) > 0.5)
    assert (is_far == (identities["matched_by"] == "members_alone")).all()


@pytest.mark.parametrize(
    ("profiles", "shared", "keys"),
    [
        pytest.param(
            [(0.93, 0), (0, 0)], [(0, "a", 6), (1, "a", 4)], ["b", "a"],
            id="what was merged comes out again under its key, be it the larger part",
        ),
        pytest.param(
            [(0.93, 0)], [(0, "a", 10)], ["b"],
            id="even alone, where who it was merged into has ended",
        ),
        pytest.param(
            [(0.93, 0.11), (9, 0)], [(0, "a", 6), (1, "a", 4)], ["b", "new_3_1"],
            id="a bare majority beyond the limit yields to a plausible profile",
        ),
        pytest.param(
            [(0.75, 0)], [(0, "c", 6), (0, "b", 4)], ["b"],
            id="where two merge the senior key lives on, if its profile is plausible",
        ),
        pytest.param(
            [(1.3, 0), (1.34, 0)], [(0, "c", 9), (1, "d", 9)], ["c", "d"],
            id="segments that look nearly the same do not swap when all members stay",
        ),
        pytest.param(
            [(1.34, 0), (1.3, 0)], [(0, "c", 7), (1, "c", 1), (1, "d", 7), (0, "d", 1)],
            ["c", "d"],
            id="nor when most of them do",
        ),
        pytest.param(
            [(5, 0)], [(0, "a", 10)], ["a"],
            id="members alone keep a key, and that is said",
        ),
    ],
)  # fmt: skip
def test_a_profile_that_is_all_but_identical_outranks_a_bare_majority(
    profiles, shared, keys
):
    """Segment a is a mixture of what it was and of b, which was merged into it."""
    segments = {"b": 0.93, "a": 0.4, "c": 1.3, "d": 1.34}
    identities = identify(
        [at_distance(MODERATE, sum(distances)) for distances in profiles],
        {key: at_distance(MODERATE, distance) for key, distance in segments.items()},
        shared,
        before=[("a", MODERATE)],
    )
    assert identities["segment_key"].tolist() == keys
    is_far = identities["matched_by"] == "members_alone"
    assert is_far.tolist() == [distances[0] == 5 for distances in profiles]


def test_lasting_groups_keep_their_keys_through_merges_and_splits():
    """Two histories of benchmarks/lasting_keys.py; members alone swap a key in each."""
    tally = sum((live_through(seed) for seed in (10, 14)), Counter())
    assert tally["kept"] > 70
    assert set(tally) == {"kept"}


def test_segmentations_are_identified_each_by_its_own_measures_and_fits():
    sales = json.dumps(VARIABLES | {"identified_by": ["spent"]})
    rows = {
        "variables": [
            "segmentation variables", ("old", json.dumps(VARIABLES)), ("sales", sales),
        ],
        "clusters": [
            "segmentation cluster_id member_count measure mean_value",
            ("sales", 0, 9, "spent", 70.0),
            ("sales", 1, 9, "spent", 8.0),
            ("sales", 1, 9, "followers_total", 70.0),
            ("old", 0, 9, "followers_total", 70.0),
        ],
        "known": [
            "segmentation segment_key known_from seniority fit_id measure mean_value",
            ("sales", "small", "seed_profile", 1, None, "spent", 8.5),
            ("old", "large", "seed_profile", 1, None, "spent", 70.0),
        ],
        "shared": [
            "segmentation cluster_id segment_key known_count", ("old", 0, "large", 9),
        ],
        "fits": [
            "segmentation fit_id is_new_fit", ("sales", 1, True), ("old", 2, False),
        ],
        "published_clusters": [
            "segmentation fit_id cluster_id segment_key",
            ("old", 1, 0, "older"), ("old", 2, 0, "kept"), ("sales", 2, 0, "kept"),
        ],
    }  # fmt: skip
    with duckdb.connect() as connection:
        tables = {
            name: connection.from_df(table(columns, values))
            for name, (columns, *values) in rows.items()
        }
        found = identify_segments(**tables, connection=connection)
        assert found.columns == list(COLUMN_TYPES)
        assert sorted(row[:4] for row in found.fetchall()) == [
            ("old", 0, "kept", "same_fit"),
            ("sales", 0, "new_1_1", "nothing"),
            ("sales", 1, "small", "seed_profile"),
        ]
        nobody = tables | {"fits": tables["fits"].limit(0)}
        assert identify_segments(**nobody, connection=connection).fetchall() == []
