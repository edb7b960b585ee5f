"""The same data give the same publication, whatever order or chance there is."""

import random
import shutil

import duckdb
import pytest
from dbt_project import DbtProject

RAW_SEEDS = (
    "seeds/raw/raw_enterprises.csv",
    "seeds/raw/raw_social_accounts.csv",
    "seeds/raw/raw_turnover.csv",
)


@pytest.fixture(scope="module")
def rebuilt(built: DbtProject, tmp_path_factory: pytest.TempPathFactory) -> DbtProject:
    """Provide a second build over the first publication, without its database.

    Meanwhile somebody holds the publication open for writing, as some BI tools do: that
    must not stop a build.
    """
    project = built.copied_to(tmp_path_factory.mktemp("rebuilt") / "project")
    shutil.rmtree(project.folder / "build")
    with duckdb.connect(str(project.published)) as reader:
        build = project.dbt("build")
        assert build.returncode == 0, build.stdout
        still_read = reader.sql("select count(*) from enterprise_segments").fetchall()
    assert still_read == [(421,)]
    return project


def test_building_again_changes_nothing_in_the_publication(
    built: DbtProject, rebuilt: DbtProject
) -> None:
    assert rebuilt.marts() == built.marts()
    assert len(rebuilt.marts()["segmentation_fits"]) == 1


@pytest.mark.slow
def test_the_published_map_is_used_again_while_its_fit_lasts(
    project: DbtProject,
) -> None:
    """Told by a published map that no fit would draw: it is mirrored by hand."""
    places = "select enterprise_id, {} from enterprise_segments order by enterprise_id"
    drawn = project.rows(places.format("pca_x, pca_y"))
    with duckdb.connect(str(project.published)) as publication:
        publication.execute(
            "update projection_loadings set loading = -loading where component = 1"
        )

    build = project.dbt("build")

    assert build.returncode == 0, build.stdout
    assert project.rows("select count(*) from segmentation_fits") == [(1,)]
    mirrored = [(id_, -x, y) for id_, x, y in drawn]
    assert project.rows(places.format("pca_x, pca_y")) == mirrored


def test_shuffled_raw_rows_give_the_same_marts(project: DbtProject) -> None:
    in_order = project.marts()
    for seed, name in enumerate(RAW_SEEDS):
        with project.edited_csv(name) as rows:
            body = rows[1:]
            random.Random(seed).shuffle(body)
            rows[1:] = body
    project.published.unlink()
    build = project.dbt("build", evaluate="true")
    assert build.returncode == 0, build.stdout
    assert project.marts() == in_order


@pytest.mark.slow
def test_the_next_night_brings_nothing_new_on_the_same_data(
    project: DbtProject,
) -> None:
    """No new history, and the same charts, exports and page: they carry no clock."""
    files = "select files from publication"
    before, files_before = project.marts(), project.rows(files)
    build = project.dbt("build", evaluate="true", as_of="2025-07-01 03:15:00")
    assert build.returncode == 0, build.stdout
    assert project.rows("select cast(published_at as varchar) from publication") == [
        ("2025-07-01 03:15:00",)
    ]
    assert project.rows(files) == files_before
    after = project.marts()
    changed = {name for name in before if after[name] != before[name]}
    assert changed == {"model_freshness", "publication"}


@pytest.mark.slow
def test_a_build_with_every_variable_changed_passes_its_tests(
    project: DbtProject,
) -> None:
    """A unit test that reads a user's variable would stop that user's publication."""
    build = project.dbt(
        "build",
        UNIT_TESTS="true",
        as_of="2026-01-02",
        language="en",
        n_clusters="5",
        random_state="1",
        n_init="2",
        numeric_features="[followers_facebook, followers_instagram, turnover_eur]",
        categorical_features="[category_group, city_name]",
        scaling="robust",
        fit_sample_size="300",
        identity_distance_limit="0.3",
        projection_variance_share="0.5",
        refit_after_days="30",
        refit_below_ari="0.5",
        refit_minimum_gain="0",
        evaluate="true",
        evaluation_sample_size="100",
        minimum_cluster_size="20",
        minimum_stability_ari="0.5",
        unknown_texts="[rien]",
        unnamed_segment='{fr: "Groupe d\'essai", en: "Nobody\'s group"}',
    )
    assert build.returncode == 0, build.stdout
    assert "Published 26 tables" in build.stdout


@pytest.mark.slow
def test_a_build_with_the_robust_recipe_passes_its_tests(project: DbtProject) -> None:
    build = project.dbt("build", recipe="robust", evaluate="true", UNIT_TESTS="true")
    assert build.returncode == 0, build.stdout
    assert "Published 26 tables" in build.stdout
    # Giants are apart, and no check finds fault with a derived total.
    assert project.rows(
        "select enterprise_count from cluster_profiles"
        " where segment_key = 'facebook_leaders'"
    ) == [(3,)]
    assert project.rows(
        "select count(*) from feature_checks where subject = 'followers_total'"
        " and check_name like '%combination'"
    ) == [(0,)]
    assert project.rows(
        "select approach from clustering_comparison where is_active"
    ) == [("robust_recipe",)]


@pytest.mark.slow
def test_clusters_that_another_random_state_renumbers_keep_their_segments(
    project: DbtProject,
) -> None:
    segments = (
        "select enterprise_id, segment_key, segment_name from enterprise_segments"
    )
    recommendations = "select * from enterprise_recommendations"
    numbers = "select segment_key, cluster_id from cluster_profiles order by all"
    before = {query: project.rows(query) for query in (segments, recommendations)}
    numbers_before = project.rows(numbers)

    # Without a memory; over one, a refit continues its clusters with their numbers.
    project.published.unlink()
    build = project.dbt("build", random_state="7", n_init="3")
    assert build.returncode == 0, build.stdout
    assert project.rows(numbers) != numbers_before, "try another random_state"
    assert {query: project.rows(query) for query in before} == before
