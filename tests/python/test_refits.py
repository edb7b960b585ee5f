"""Segments keep their identity from build to build, and every move has its cause."""

import csv
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from dbt_project import DbtProject
from segmentation.builds.build_summary import summarise

FOUR = {"balanced_active", "facebook_leaders", "low_visibility", "moderate_presence"}
LATER = "2025-07-31 12:00:00"
LATER_STILL = "2025-08-31 12:00:00"


def build(project: DbtProject, **settings: object) -> subprocess.CompletedProcess:
    process = project.dbt("build", **settings)
    assert process.returncode == 0, process.stdout
    return process


def segments_of(project: DbtProject) -> dict[str, str]:
    return dict(
        project.rows("select enterprise_id, segment_key from enterprise_segments")
    )


def append_rows(project: DbtProject, name: str, *new: dict[str, str]) -> None:
    with project.edited_csv(name) as rows:
        rows.extend([values.get(column, "") for column in rows[0]] for values in new)


def preview(project: DbtProject) -> str:
    """Say what the last build would move, as `make preview-refit` does."""
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "segmentation.builds.refit_preview",
            "build/segmentation.duckdb",
        ],
        cwd=project.folder,
        env={"PYTHONPATH": "python_models"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


@pytest.fixture(scope="module")
def five(built: DbtProject, tmp_path_factory: pytest.TempPathFactory) -> DbtProject:
    """Provide a publication of five clusters over the one of four, previewed first."""
    project = built.copied_to(
        tmp_path_factory.mktemp("five") / "project", evaluate="false"
    )
    process = project.dbt(
        *("build", "--exclude-resource-type", "test", "unit_test"),
        n_clusters=5,
        refit="always",
        as_of=LATER,
    )
    assert "Not published" in process.stdout
    project.preview = preview(project)
    assert project.rows("select max(fit_id) from segmentation_fits") == [(1,)]
    build(project, n_clusters=5, as_of=LATER)
    return project


@pytest.fixture(scope="module")
def four_again(
    five: DbtProject, tmp_path_factory: pytest.TempPathFactory
) -> DbtProject:
    """Provide a publication of four clusters over the one of five.

    Before it the new segment was adopted, and one client set by hand.
    """
    project = five.copied_to(tmp_path_factory.mktemp("four") / "project")
    with project.edited_csv("seeds/reference/segments.csv") as rows:
        rows.append(["new_2_1", "", "9", "", "Essor", "Rising", *["…"] * 4, *[""] * 4])
    append_rows(
        project,
        "seeds/reference/recommendations.csv",
        {
            "recommendation_id": "new_2_1_any",
            "segment_key": "new_2_1",
            "platform": "any",
            "priority": "1",
            "action_fr": "Appeler.",
            "action_en": "Call.",
        },
    )
    [[project.set_by_hand]] = project.rows(
        "select min(enterprise_id) from enterprise_segments"
        " where segment_key = 'low_visibility'"
    )
    append_rows(
        project,
        "seeds/reference/segment_overrides.csv",
        {
            "enterprise_id": project.set_by_hand,
            "segment_key": "new_2_1",
            "reason": "opens a second shop",
        },
    )
    build(project, as_of=LATER_STILL)
    return project


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


def test_a_new_segment_has_a_placeholder_name_and_nobodys_recommendations(
    five: DbtProject,
) -> None:
    assert five.rows(
        "select segment_name, is_named_segment from cluster_profiles"
        " where segment_key = 'new_2_1'"
    ) == [("Nouveau segment new_2_1", False)]
    assert five.rows(
        "select count(*) from enterprise_recommendations"
        " inner join enterprise_segments using (enterprise_id)"
        " where enterprise_segments.segment_key = 'new_2_1'"
    ) == [(0,)]


def test_who_only_the_new_model_moves_is_recorded_with_that_cause(
    built: DbtProject, five: DbtProject
) -> None:
    before, after = segments_of(built), segments_of(five)
    assert dict(
        five.rows(
            "select enterprise_id, cause || ' ' || from_segment_key || ' '"
            f" || to_segment_key from segment_changes where changed_at = '{LATER}'"
        )
    ) == {
        key: f"model_changed {before[key]} {after[key]}"
        for key in before
        if before[key] != after[key]
    }


def test_the_preview_says_what_the_build_then_did(five: DbtProject) -> None:
    migrations = five.rows(
        "select from_segment_key, to_segment_key, enterprise_count"
        " from segment_migrations where fit_id = 2"
        " and from_segment_key <> to_segment_key"
    )
    moved = sum(count for _, _, count in migrations)
    assert f"{moved} of 421 enterprises would move, by the model:" in five.preview
    for old, new, count in migrations:
        assert f"{count}  {old} -> {new}" in five.preview
    assert "new_2_1: new, split from moderate_presence" in five.preview


def test_back_to_four_clusters_the_four_have_their_members_again(
    built: DbtProject, four_again: DbtProject
) -> None:
    by_model = dict(
        four_again.rows(
            "select enterprise_id, model_segment_key from enterprise_segments"
        )
    )
    assert by_model == segments_of(built)
    assert four_again.rows(
        "select segment_key, is_current, first_fit_id, last_fit_id"
        " from segment_registry where segment_key = 'new_2_1'"
    ) == [("new_2_1", False, 2, 2)]
    assert four_again.rows("select fit_id, reason from segmentation_fits") == [
        (1, "first_fit"),
        (2, "variables_changed"),
        (3, "variables_changed"),
    ]


def test_of_two_fits_with_one_clock_the_summary_tells_the_last(
    four_again: DbtProject, tmp_path: Path
) -> None:
    shutil.copy(four_again.published, tmp_path)
    with duckdb.connect(tmp_path / four_again.published.name) as connection:
        connection.execute(
            "update segmentation_fits set fitted_at = cast(? as timestamp)"
            " where fit_id = 2",
            [LATER_STILL],
        )

    summary = summarise(tmp_path)

    assert "new_2_1: gone, merged into moderate_presence" in summary
    assert "new_2_1: new" not in summary


def test_a_client_set_by_hand_is_shown_as_such_and_gets_that_segments_actions(
    four_again: DbtProject,
) -> None:
    key = four_again.set_by_hand
    assert four_again.rows(
        "select segment_key, segment_name, model_segment_key, is_set_by_hand,"
        f" override_reason from enterprise_segments where enterprise_id = '{key}'"
    ) == [("new_2_1", "Essor", "low_visibility", True, "opens a second shop")]
    assert four_again.rows(
        "select cause, to_segment_key from segment_changes"
        f" where enterprise_id = '{key}' and changed_at = '{LATER_STILL}'"
    ) == [("set_by_hand", "new_2_1")]
    assert four_again.rows(
        "select recommendation_id from enterprise_recommendations"
        f" where enterprise_id = '{key}'"
    ) == [("new_2_1_any",)]


def test_nothing_of_the_history_is_lost(
    five: DbtProject, four_again: DbtProject
) -> None:
    """The publication is the only memory: every published row must come along."""
    for table in (
        "segmentation_fits",
        "fit_parameters",
        "fit_clusters",
        "segment_events",
        "segment_migrations",
        "segment_changes",
    ):
        before = set(five.rows(f"from {table}"))
        assert before <= set(four_again.rows(f"from {table}")), table


@pytest.fixture(scope="module")
def scored(built: DbtProject, tmp_path_factory: pytest.TempPathFactory) -> DbtProject:
    """Provide changed data scored by the published model, without build database.

    One client leaves, one comes, and one of low visibility becomes a leader.
    """
    project = built.copied_to(
        tmp_path_factory.mktemp("scored") / "project", evaluate="false"
    )
    (project.folder / "build" / "segmentation.duckdb").unlink()
    leaves, changes = (
        key
        for (key,) in project.rows(
            "select enterprise_id from enterprise_segments"
            " where segment_key = 'low_visibility' order by 1 limit 2"
        )
    )
    with project.edited_csv("seeds/raw/raw_enterprises.csv") as rows:
        rows[1:] = [row for row in rows[1:] if row[0].strip() != leaves]
    append_rows(
        project,
        "seeds/raw/raw_enterprises.csv",
        {"enterprise_id": "COMES", "enterprise_name": "Le Neuf", "is_active": "oui"},
    )
    append_rows(
        project,
        "seeds/raw/raw_social_accounts.csv",
        {
            "enterprise_id": changes,
            "platform": "Facebook",
            "followers": "90000",
            "measured_on": "2025-07-30",
        },
    )
    project.leaves, project.changes = leaves, changes
    process = project.dbt("build", "--full-refresh", refit="never", as_of=LATER)
    assert process.returncode == 0, process.stdout
    return project


def test_a_kept_model_labels_unchanged_enterprises_to_the_bit(
    built: DbtProject, scored: DbtProject
) -> None:
    # Explanations compare with the means of today's members, who did change.
    unchanged = (
        "select columns(c -> c not like 'explanation%') from enterprise_segments"
        f" where enterprise_id not in ('{scored.leaves}', '{scored.changes}', 'COMES')"
        " order by enterprise_id"
    )
    assert scored.rows(unchanged) == built.rows(unchanged)
    assert len(scored.rows(unchanged)) == 419
    for table in ("fit_parameters", "fit_clusters", "segmentation_fits"):
        assert scored.rows(f"from {table}") == built.rows(f"from {table}"), table


def test_who_changed_came_and_left_is_told_apart(scored: DbtProject) -> None:
    assert sorted(
        scored.rows(
            "select enterprise_id, from_segment_key, to_segment_key, cause"
            f" from segment_changes where changed_at = '{LATER}'"
        )
    ) == sorted(
        [
            (scored.leaves, "low_visibility", None, "gone"),
            (
                scored.changes,
                "low_visibility",
                "facebook_leaders",
                "enterprise_changed",
            ),
            ("COMES", None, "low_visibility", "new"),
        ]
    )


def test_variables_that_contradict_the_model_stop_a_build_that_must_not_refit(
    project: DbtProject,
) -> None:
    before = project.published.read_bytes()
    process = project.dbt("build", refit="never", n_clusters=6)
    assert process.returncode != 0
    assert "Now: n_clusters 6. Published model: n_clusters 4." in process.stdout
    assert "Traceback" not in process.stdout
    assert project.published.read_bytes() == before


@pytest.mark.slow
def test_a_run_of_a_part_of_the_graph_heeds_the_variables(project: DbtProject) -> None:
    """A table of settings that the run does not select would be an earlier run's."""
    process = project.dbt("run", "--select", "refit_assessment+", n_clusters=3)
    assert process.returncode == 0, process.stdout
    assert project.rows(
        "select fit_id, reason, cluster_count from marts.segmentation_fits",
        database=project.folder / "build" / "segmentation.duckdb",
    ) == [(1, "first_fit", 4), (2, "variables_changed", 3)]


@pytest.mark.slow
def test_an_old_model_that_learns_the_same_again_is_kept_and_said_to_be(
    project: DbtProject,
) -> None:
    build(project, as_of="2026-08-31 12:00:00")
    assert project.rows("select fit_id, reason from segmentation_fits") == [
        (1, "first_fit")
    ]
    assert project.rows(
        "select is_refit, reason from models.refit_assessment",
        database=project.folder / "build" / "segmentation.duckdb",
    ) == [(True, "age")]
    assert "past 365 days: a refit learned the same again" in summarise(
        project.published.parent
    )


def test_the_seed_of_overrides_is_shipped_empty() -> None:
    seed = Path(__file__).parents[2] / "seeds/reference/segment_overrides.csv"
    with seed.open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == [["enterprise_id", "segment_key", "reason"]]
