"""Segments keep their identity from build to build, and every move has its cause."""

import csv
import shutil

import duckdb
import pytest
from dbt_project import DbtProject
from project_copies import CHECKOUT
from segmentation.builds.build_summary import summarise

FOUR = {"balanced_active", "facebook_leaders", "low_visibility", "moderate_presence"}
LATER = "2025-07-31 12:00:00"
LATER_STILL = "2025-08-31 12:00:00"
HISTORY = (
    *("segmentation_fits", "fit_parameters", "fit_clusters", "segment_events"),
    *("segment_migrations", "segment_changes"),
)


def segments_of(project: DbtProject, column: str = "segment_key") -> dict[str, str]:
    return dict(
        project.rows(f"select enterprise_id, {column} from enterprise_segments")
    )


def append_row(project: DbtProject, name: str, **values: str) -> None:
    with project.edited_csv(f"seeds/{name}.csv") as rows:
        assert values.keys() <= set(rows[0])
        rows.append([values.get(column, "") for column in rows[0]])


@pytest.fixture(scope="module")
def five(built: DbtProject, tmp_path_factory: pytest.TempPathFactory) -> DbtProject:
    """Provide a publication of five clusters over the one of four, previewed first."""
    folder = tmp_path_factory.mktemp("five") / "project"
    project = built.copied_to(folder, evaluate="false")
    published = project.published.read_bytes()
    project.preview = project.shell("make preview-refit VARS='n_clusters: 5'")
    assert project.published.read_bytes() == published
    project.succeed("build", n_clusters=5, as_of=LATER)
    return project


@pytest.fixture(scope="module")
def four_again(
    five: DbtProject, tmp_path_factory: pytest.TempPathFactory
) -> DbtProject:
    """Provide a publication of four clusters over the one of five.

    Before it the new segment was adopted, and one client set by hand.
    """
    project = five.copied_to(tmp_path_factory.mktemp("four") / "project")
    append_row(
        project,
        "reference/segments",
        segmentation="visibility",
        segment_key="new_2_1",
        display_order="9",
        segment_name_fr="Essor",
        segment_name_en="Rising",
        **dict.fromkeys(("profile_fr", "profile_en", "aim_fr", "aim_en"), "…"),
    )
    append_row(
        project,
        "reference/recommendations",
        segmentation="visibility",
        recommendation_id="new_2_1_any",
        segment_key="new_2_1",
        platform="any",
        priority="1",
        action_fr="Appeler.",
        action_en="Call.",
    )
    [[project.set_by_hand]] = project.rows(
        "select min(enterprise_id) from enterprise_segments"
        " where segment_key = 'low_visibility'"
    )
    append_row(
        project,
        "reference/segment_overrides",
        segmentation="visibility",
        member_id=project.set_by_hand,
        segment_key="new_2_1",
        reason="opens a second shop",
    )
    project.succeed("build", as_of=LATER_STILL)
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
    # It has a placeholder name, and nobody's recommendations.
    assert five.rows(
        "select segment_name, is_named_segment from cluster_profiles"
        " where segment_key = 'new_2_1'"
    ) == [("Nouveau segment new_2_1", False)]
    assert not five.rows(
        "from enterprise_recommendations where segment_key = 'new_2_1'"
    )


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


@pytest.mark.slow
def test_back_to_four_clusters_the_four_have_their_members_again(
    built: DbtProject, five: DbtProject, four_again: DbtProject
) -> None:
    assert segments_of(four_again, "model_segment_key") == segments_of(built)
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
def test_of_two_fits_with_one_clock_the_summary_tells_the_last(
    four_again: DbtProject, tmp_path
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


@pytest.mark.slow
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
        f" where member_id = '{key}' and changed_at = '{LATER_STILL}'"
    ) == [("set_by_hand", "new_2_1")]
    assert four_again.rows(
        "select recommendation_id from enterprise_recommendations"
        f" where enterprise_id = '{key}'"
    ) == [("new_2_1_any",)]


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
    append_row(
        project,
        "raw/raw_enterprises",
        enterprise_id="COMES",
        enterprise_name="Le Neuf",
        is_active="oui",
    )
    append_row(
        project,
        "raw/raw_social_accounts",
        enterprise_id=changes,
        platform="Facebook",
        followers="90000",
        measured_on="2025-07-30",
    )
    project.succeed("build", "--full-refresh", refit="never", as_of=LATER)
    # To the bit; explanations compare with the means of today's members, who changed.
    unchanged = (
        "select columns(c -> c not like 'explanation%') from enterprise_segments"
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


def test_variables_that_contradict_the_model_stop_a_build_that_must_not_refit(
    project: DbtProject,
) -> None:
    before = project.published.read_bytes()
    process = project.dbt(
        *("run", "--select", "visibility_fit"), refit="never", n_clusters=6
    )
    assert process.returncode != 0
    assert "Now: n_clusters 6. Published model: n_clusters 4." in process.stdout
    assert "Traceback" not in process.stdout
    assert project.published.read_bytes() == before


@pytest.mark.slow
def test_a_model_of_features_that_are_gone_still_tells_who_was_where(
    project: DbtProject,
) -> None:
    """A part of the graph is run: it heeds the variables of this command."""
    with duckdb.connect(str(project.published)) as publication:
        publication.execute(
            "update segmentation_fits set settings ="
            " replace(settings, 'followers_tiktok', 'followers_myspace');"
            " update fit_parameters set text_value ="
            " replace(text_value, 'followers_tiktok', 'followers_myspace'),"
            " feature_name = replace(feature_name, 'followers_tiktok',"
            " 'followers_myspace')"
        )
    project.succeed("run", "--select", "visibility_fit+", n_clusters=3)
    database = project.build_database
    assert project.rows(
        "select fit_id, reason, cluster_count from marts.segmentation_fits",
        database=database,
    ) == [(1, "first_fit", 4), (2, "variables_changed", 3)]
    last_word = "select member_id, segment_key from engine.previous_segments"
    assert dict(project.rows(last_word, database=database)) == segments_of(project)
    # Two of three clusters are recognised by the members that they share.
    matched = "select count(*) from marts.fit_clusters where fit_id = 2"
    matched += " and matched_by = 'shared_members'"
    assert project.rows(matched, database=database) == [(3,)]


def as_version_1(publication: duckdb.DuckDBPyConnection) -> None:
    """Put names and values of a publication back to those of schema version 1."""
    renamed = {
        "segmentation_fits": {"member_count": "enterprise_count"},
        "fit_parameters": {"feature_level": "category"},
        "segment_registry": {"member_count": "enterprise_count"},
        "segment_events": {"related_member_count": "related_enterprise_count"},
        "segment_migrations": {"member_count": "enterprise_count"},
        "segment_changes": {"member_id": "enterprise_id"},
        "projection_loadings": {"feature_level": "category"},
        "fit_clusters": {},
        "publication": {},
    }
    for table, names in renamed.items():
        listed = ", ".join(f"{new} as {old}" for new, old in names.items())
        renaming = f" rename ({listed})" if names else ""
        column = "segmentations" if table == "publication" else "segmentation"
        publication.execute(
            f"create or replace table {table} as"
            f" select * exclude ({column}){renaming} from {table}"
        )
    means = ", ".join(
        f"max(mean_value) filter (where measure = '{name}') as mean_{name}"
        for name in ("followers_total", "followers_facebook", "followers_instagram")
    )
    publication.execute(
        "update publication set schema_version = 1;"
        " update fit_parameters set parameter = case parameter when 'level' then"
        " 'category' when 'imputed_level' then 'imputed_category' else parameter end;"
        " create or replace table segment_registry as select * from segment_registry"
        f" inner join (select segment_key, {means} from segment_profiles"
        " group by segment_key) using (segment_key);"
        " drop table segment_profiles; drop table evaluation_figures;"
        " drop table chart_drawings"
    )


@pytest.mark.slow
def test_a_publication_of_version_1_goes_on_and_an_old_model_is_said_to_be(
    built: DbtProject, project: DbtProject
) -> None:
    """The year is over as well: a refit is due, and learns the same again."""
    with duckdb.connect(str(project.published)) as publication:
        as_version_1(publication)
    project.succeed("build", as_of="2026-08-31 12:00:00")
    assert project.rows("select schema_version from publication") == [(2,)]
    assert segments_of(project) == segments_of(built)
    for table in HISTORY:
        assert project.rows(f"from {table}") == built.rows(f"from {table}"), table
    assert project.rows(
        "select parameter, value, text_value from engine.visibility_fit"
        " where section = 'decision' and parameter <> 'agreement' order by 1",
        database=project.build_database,
    ) == [("is_refit", 1.0, None), ("reason", None, "age")]
    assert "past 365 days: a refit learned the same again" in summarise(
        project.published.parent
    )


def test_the_seed_of_overrides_is_shipped_empty() -> None:
    seed = CHECKOUT / "seeds/reference/segment_overrides.csv"
    with seed.open(encoding="utf-8", newline="") as file:
        assert len(list(csv.reader(file))) == 1
