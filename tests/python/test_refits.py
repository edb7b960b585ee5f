"""Segments keep their identity from build to build, and every move has its cause."""

from pathlib import Path

import duckdb
import pytest
from dbt_project import DbtProject
from project_copies import leave_out_charts

FOUR = {"balanced_active", "facebook_leaders", "low_visibility", "moderate_presence"}
LATER = "2025-07-31 12:00:00"
LATER_STILL = "2025-08-31 12:00:00"
HISTORY = (
    *("segmentation_fits", "fit_parameters", "fit_clusters", "segment_events"),
    *("segment_migrations", "segment_changes", "fit_profiles"),
)


@pytest.fixture(scope="module")
def built(built_of_clients: DbtProject) -> DbtProject:
    """Provide one segmentation: refits of another one say nothing more."""
    return built_of_clients


@pytest.fixture
def project(clients_project: DbtProject) -> DbtProject:
    """Provide a copy of it to build again, without charts."""
    leave_out_charts(clients_project.folder)
    return clients_project


def segments_of(project: DbtProject) -> dict[str, str]:
    return dict(
        project.rows("select enterprise_id, segment_key from enterprise_segments")
    )


@pytest.fixture(scope="module")
def five(built: DbtProject, tmp_path_factory: pytest.TempPathFactory) -> DbtProject:
    """Provide a publication of five clusters over the one of four, previewed first."""
    folder = tmp_path_factory.mktemp("five") / "project"
    project = built.copied_to(folder, evaluate="false")
    leave_out_charts(folder)
    published = project.published.read_bytes()
    project.preview = project.shell("make preview-refit VARS='n_clusters: 5'")
    assert project.published.read_bytes() == published
    project.succeed("build", n_clusters=5, as_of=LATER)
    return project


@pytest.mark.slow
def test_a_fifth_cluster_is_a_new_segment_and_the_four_keep_theirs(
    built: DbtProject, five: DbtProject
) -> None:
    before, after = segments_of(built), segments_of(five)
    assert set(after.values()) == FOUR | {"new_2_1"}
    moved = {key for key in before if before[key] != after[key]}
    assert {after[key] for key in moved} == {"new_2_1"}
    assert five.rows(
        "select event_type, related_segment_key from segment_events"
        " where fit_id = 2 and segment_key = 'new_2_1'"
    ) == [("split", "moderate_presence")]
    assert five.rows(
        "select distinct matched_by from fit_clusters where fit_id = 2 order by 1"
    ) == [("nothing",), ("shared_members",)]
    # Whom only the new model moves is recorded with that cause.
    changes = five.rows(
        "select member_id, cause, from_segment_key, to_segment_key"
        f" from segment_changes where changed_at = '{LATER}'"
    )
    assert sorted(changes) == sorted(
        (key, "model_changed", before[key], after[key]) for key in moved
    )
    # It has a placeholder name, and general recommendations.
    assert five.rows(
        "select segment_name, is_named_segment from cluster_profiles"
        " where segment_key = 'new_2_1'"
    ) == [("Nouveau segment new_2_1", False)]
    assert five.rows(
        "select distinct matched_on from enterprise_recommendations"
        " where segment_key = 'new_2_1'"
    ) == [("starting_set",)]


@pytest.mark.slow
def test_the_preview_says_what_the_build_then_did(five: DbtProject) -> None:
    migrations = five.rows(
        "select from_segment_key, to_segment_key, member_count"
        " from segment_migrations where fit_id = 2"
        " and from_segment_key <> to_segment_key"
    )
    moved = sum(count for _, _, count in migrations)
    assert f"{moved} of 421 members would move, by the model:" in five.preview
    for old, new, count in migrations:
        assert f"{count}  {old} -> {new}" in five.preview
    assert "new_2_1: new, split from moderate_presence" in five.preview
    assert "of 421 members are described by no published segment" in five.preview
    assert "clusters    4 -> 5" in five.preview


@pytest.mark.nightly
def test_back_to_four_clusters_the_four_have_their_members_again(
    built: DbtProject, five: DbtProject, tmp_path: Path
) -> None:
    four_again = five.copied_to(tmp_path / "project")
    four_again.succeed("build", as_of=LATER_STILL)
    assert segments_of(four_again) == segments_of(built)
    assert four_again.rows(
        "select segment_key, is_current, first_fit_id, last_fit_id"
        " from segment_registry where segment_key = 'new_2_1'"
    ) == [("new_2_1", False, 2, 2)]
    assert four_again.rows("select fit_id, reason from segmentation_fits") == [
        (1, "first_fit"),
        (2, "variables_changed"),
        (3, "variables_changed"),
    ]
    # The publication is the only memory: every published row must come along.
    for table in HISTORY:
        before = set(five.rows(f"from {table}"))
        assert before <= set(four_again.rows(f"from {table}")), table


@pytest.mark.slow
def test_a_kept_model_moves_only_who_changed_came_or_left(
    built: DbtProject, project: DbtProject
) -> None:
    """One client leaves, one comes, and one of low visibility becomes a leader."""
    project.build_database.unlink()
    leaves, changes = (
        key
        for (key,) in project.rows(
            "select enterprise_id from enterprise_segments"
            " where segment_key = 'low_visibility' order by 1 limit 2"
        )
    )
    with project.edited_csv("seeds/raw/raw_enterprises.csv") as rows:
        rows[1:] = [row for row in rows[1:] if row[0].strip() != leaves]
    project.add_lines(
        "raw/raw_enterprises",
        "enterprise_id,enterprise_name,is_active",
        "COMES,Le Neuf,oui",
    )
    project.add_lines(
        "raw/raw_social_accounts",
        "enterprise_id,platform,followers,measured_on",
        f"{changes},Facebook,90000,2025-07-30",
    )
    project.succeed(
        "build", "--full-refresh", refit="never", evaluate="false", as_of=LATER
    )
    # To the bit, but what compares with today's members, who changed, or with the day.
    unchanged = (
        "select columns(c -> not regexp_matches(c, '^(explanation|priority|actions)"
        "|_rank|target_platform')) from enterprise_segments"
        f" where enterprise_id not in ('{leaves}', '{changes}', 'COMES')"
        " order by enterprise_id"
    )
    assert project.rows(unchanged) == built.rows(unchanged)
    assert len(project.rows(unchanged)) == 419
    for table in ("fit_parameters", "fit_clusters", "segmentation_fits"):
        assert project.rows(f"from {table}") == built.rows(f"from {table}"), table
    assert set(
        project.rows(
            "select member_id, from_segment_key, to_segment_key, cause"
            f" from segment_changes where changed_at = '{LATER}'"
        )
    ) == {
        (leaves, "low_visibility", None, "gone"),
        (changes, "low_visibility", "facebook_leaders", "member_changed"),
        ("COMES", None, "low_visibility", "new"),
    }


@pytest.mark.nightly
def test_a_model_of_features_that_are_gone_still_tells_who_was_where(
    project: DbtProject,
) -> None:
    """A part of the graph is run: it heeds the variables of this command."""
    with duckdb.connect(str(project.published)) as publication:
        replaced = "replace({}, 'followers_tiktok', 'followers_myspace')".format
        publication.execute(
            f"update segmentation_fits set settings = {replaced('settings')};"
            f" update fit_parameters set text_value = {replaced('text_value')},"
            f" feature_name = {replaced('feature_name')}"
        )
    project.succeed(
        "run", "--select", "visibility_fit+", n_clusters=3, evaluate="false"
    )
    database = project.build_database
    assert project.rows(
        "select fit_id, reason, cluster_count from marts.segmentation_fits",
        database=database,
    ) == [(1, "first_fit", 4), (2, "variables_changed", 3)]
    last_word = "select member_id, segment_key from engine.previous_segments"
    assert dict(project.rows(last_word, database=database)) == segments_of(project)
    # All are recognised by their members, and the largest, two in one, by them alone.
    matched = "select segment_key, matched_by from marts.fit_clusters where fit_id = 2"
    assert set(project.rows(matched, database=database)) == {
        ("balanced_active", "shared_members"),
        ("facebook_leaders", "shared_members"),
        ("low_visibility", "members_alone"),
    }
    events = "from marts.segment_events select segment_key, event_type"
    events += ", related_member_count, former_member_count where event_type in"
    events += " ('merged', 'kept_by_members')"
    assert set(project.rows(events, database=database)) == {
        ("low_visibility", "kept_by_members", 243, 243),
        ("moderate_presence", "merged", 150, 150),
    }
