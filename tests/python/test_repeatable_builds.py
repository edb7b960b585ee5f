"""The same data give the same publication, whatever order or chance there is."""

import json
import random
import shutil
from pathlib import Path

import duckdb
import pytest
from dbt_project import DbtProject
from segmentation.builds.refit_preview import preview
from segmentation.publication.scoring import Scoring
from segmentation.sql_text import fetch_dicts

NEXT_NIGHT = "2025-07-01 03:15:00"
# Of the segmentation of clients alone.
PUBLISHED_TABLES = 47


def changed_tables(before: dict[str, list], after: dict[str, list]) -> set[str]:
    return {name for name in before | after if after.get(name) != before.get(name)}


def test_the_next_night_brings_nothing_new_on_the_same_data(
    built: DbtProject, tmp_path: Path
) -> None:
    """Nor does it take the build database, or that nobody reads the publication.

    No new change of a segment, the evaluation as of when it was made, and the same
    charts and exports of the clients: they carry no clock. But it is another month,
    whose sizes are drawn.
    """
    project = built.copied_to(tmp_path / "project")
    shutil.rmtree(project.folder / "build")
    published_at = "select cast(published_at as varchar) from publication"
    # As some BI tools hold it; what is open stays as it was.
    with duckdb.connect(str(project.published)) as reader:
        project.succeed("build", as_of=NEXT_NIGHT)
        assert reader.sql(published_at).fetchall() == built.rows(published_at)
        read = reader.sql("from enterprise_segments").fetchall()
    assert read == built.rows("from enterprise_segments")
    assert project.rows(published_at) == [(NEXT_NIGHT,)]
    # Nor would a refit; after the first build there was nothing to compare with.
    assert "a refit would learn what fit 1 learned" in preview(project.build_database)
    assert "nothing has been published yet" in preview(built.build_database)
    # A day later every purchase is a day older, which is no change of a segment.
    aged = {"account_activity", "account_cluster_profiles", "account_segments"}
    aged |= {"chart_drawings", "charts", "cluster_measures", "rfm_grid"}
    files, files_before = (
        json.loads(each.rows("select files from publication")[0][0])
        for each in (project, built)
    )
    assert {name for name in files if files[name] != files_before.get(name)} == {
        "charts/purchases_account_means.png",
        "charts/purchases_rfm_grid.png",
        "charts/purchases_segment_sizes_over_time.png",
        "charts/segment_sizes_over_time.png",
        "exports/crm_segments.csv",
        "exports/crm_segments_changes.csv",
        "segments.html",
    }
    assert changed_tables(built.marts(), project.marts()) == aged | {
        "model_freshness",
        "publication",
        "segment_sizes_over_time",
    }


@pytest.mark.nightly
def test_what_was_drawn_and_measured_is_used_again_while_its_fit_lasts(
    built: DbtProject, tmp_path: Path
) -> None:
    """Told by what no build would publish: the map mirrored, two charts swapped.

    And a model that is older than the cadence that the figures advise.
    """
    project = built.copied_to(tmp_path / "project")
    with duckdb.connect(str(project.published)) as publication:
        publication.execute(
            "update projection_loadings set loading = -loading where component = 1;"
            " update evaluation_figures set value = 0.125"
            " where section = 'stability' and figure = 'recovered_share'"
            " or section = 'cadence' and subject = '4' and figure = 'agreement';"
            " update chart_drawings as drawn set png = other.png"
            " from (from chart_drawings) as other"
            " where drawn.chart_name = 'sectors' and other.chart_name = 'cities'"
            " and drawn.language = other.language"
        )
    drawings = (
        "select language, png from chart_drawings where chart_name = '{}'"
        " and segmentation = 'visibility' order by 1"
    )
    cities = project.rows(drawings.format("cities"))
    the_map = project.rows(drawings.format("pca_map"))

    build = project.build(as_of="2025-07-29 12:00:00")

    assert "Warning: the model is 29 days old, and in the last year one agreed" in (
        build.stdout
    )
    assert project.rows(
        "select segmentation, advised_cadence_weeks, is_older_than_advised"
        " from model_freshness order by all"
    ) == [("purchases", 4, True), ("visibility", None, False)]
    assert project.rows("select max(fit_id) from segmentation_fits") == [(1,)]
    places = "select enterprise_id, pca_x, pca_y from enterprise_segments order by 1"
    assert project.rows(places) == [
        (key, pytest.approx(-x, abs=1e-12), y) for key, x, y in built.rows(places)
    ]
    assert project.rows("select distinct recovered_share from cluster_stability") == [
        (0.125,)
    ]
    assert project.rows(drawings.format("sectors")) == cities
    assert project.rows(drawings.format("pca_map")) != the_map


@pytest.mark.nightly
def test_shuffled_raw_rows_give_the_same_marts(
    built: DbtProject, project: DbtProject
) -> None:
    for seed, name in enumerate(("enterprises", "social_accounts", "turnover")):
        with project.edited_csv(f"seeds/raw/raw_{name}.csv") as rows:
            body = rows[1:]
            random.Random(seed).shuffle(body)
            rows[1:] = body
    project.published.unlink()
    project.succeed("build")
    assert changed_tables(built.marts(), project.marts()) == set()


@pytest.mark.nightly
def test_a_build_with_every_variable_changed_passes_its_tests(
    project: DbtProject,
) -> None:
    """A data test that reads what a user may change would stop that user.

    Growth may be named among the features, and is told of in explanations.
    """
    output = project.succeed(
        "build",
        as_of="2026-01-02",
        language="en",
        n_clusters="5",
        random_state="1",
        n_init="2",
        scaling="robust",
        fit_sample_size="300",
        identity_distance_limit="0.3",
        projection_variance_share="0.5",
        refit_after_days="30",
        refit_below_ari="0.5",
        refit_minimum_gain="0",
        evaluate_after_days="0",
        evaluation_sample_size="100",
        minimum_cluster_size="20",
        minimum_stability_ari="0.5",
        unknown_texts="[rien]",
        unnamed_segment='{fr: "Groupe d\'essai", en: "Nobody\'s group"}',
        segmentations="{visibility: {features: enterprise_features,"
        " key: enterprise_id, members: enterprise_segments,"
        " numeric_features: [followers_facebook, followers_instagram, turnover_eur,"
        " follower_growth_per_30_days],"
        " categorical_features: [category_group, city_name],"
        # Those that the seed segmentation_charts plans, and others.
        " measures: [turnover_eur, followers_total, followers_facebook,"
        " followers_instagram, followers_tiktok, followers_other,"
        " follower_growth_per_30_days],"
        " dimensions: [category_group, city_name, category_name],"
        " identified_by: [followers_total, turnover_eur]}}",
    )
    assert f"Published {PUBLISHED_TABLES} tables" in output
    # Where the category is no feature, the mix of its levels is no matter.
    checks = project.rows("select distinct check_name from feature_checks")
    assert ("mixed_taxonomy_share",) not in checks
    growth = "follower_growth_per_30_days"
    assert project.rows(
        "select count(distinct cluster_id), count(*) from fit_parameters where"
        f" feature_name = '{growth}' and parameter = 'centroid' and fit_id = 2"
    ) == [(5, 5)]
    [(unknown, told)] = project.rows(
        f"select count(*) filter (where ({growth} is null)"
        f" <> contains(coalesce(unknown_features, ''), '{growth}')), count(*) filter"
        " (where explanation_fr like '%volution des abonnés : %')"
        " from enterprise_segments"
    )
    assert unknown == 0 < told


@pytest.mark.nightly
def test_a_build_with_the_robust_recipe_passes_its_tests(
    clients_project: DbtProject,
) -> None:
    project = clients_project
    output = project.succeed("build", recipe="robust")
    assert f"Published {PUBLISHED_TABLES} tables" in output
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
        "select approach from clustering_comparison"
        " where is_active and segmentation = 'visibility'"
    ) == [("robust_recipe",)]
    # What scores somebody who is not in the data says the same, by any recipe.
    with duckdb.connect(str(project.published), read_only=True) as published:
        steps = published.execute("from scoring_steps order by position")
        scoring = Scoring(fetch_dicts(steps))
        members = fetch_dicts(published.execute("from enterprise_segments"))
    for scored, member in zip(
        scoring.score("visibility", members), members, strict=True
    ):
        assert {**member, **scored} == {**scored, **member}
    # Whom no account or an unknown count decides, is told so.
    assert project.rows(
        "select count(*) filter (where not regexp_matches(explanation_en,"
        " 'no (Facebook|Instagram) account|no followers on|unknown')), count(*) > 0"
        " from enterprise_drivers inner join enterprise_segments using (enterprise_id)"
        " where driver_rank = 1 and feature_name like 'followers_%'"
        " and coalesce(feature_value, 0) = 0"
    ) == [(0, True)]
