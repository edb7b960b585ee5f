"""Only a complete green build publishes; whatever else happens changes nothing."""

import pytest
from killed_builds import kill_builds

PUBLISHED = """
    chart_drawings charts cluster_category_mix cluster_city_mix cluster_count_evaluation
    cluster_features cluster_measures cluster_mix cluster_profiles
    cluster_recommendations cluster_stability clustering_comparison enterprise_drivers
    enterprise_recommendations enterprise_segments evaluation_figures feature_checks
    fit_clusters fit_parameters measure_texts model_freshness projection_components
    projection_coordinates projection_loadings publication rejected_rows segment_changes
    segment_events segment_migrations segment_overview segment_profiles segment_registry
    segmentation_fits
"""


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["run", "--select", "enterprise_features"], "this was 'dbt run'"),
        (["build", "--select", "segments"], "this build left out"),
        pytest.param(
            ["build", "--exclude", "cluster_mix"],
            "this build left out",
            marks=pytest.mark.slow,
        ),
        pytest.param(
            ["build", "--empty", "--exclude-resource-types", "test unit_test"],
            "--empty builds tables without rows",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_anything_but_a_whole_build_leaves_the_publication_alone_and_says_so(
    project, arguments, sentence
):
    before = project.published.read_bytes()
    command = project.dbt(*arguments)
    assert command.returncode == 0, command.stdout
    assert "Not published: " in command.stdout
    assert sentence in command.stdout
    assert project.published.read_bytes() == before


@pytest.mark.slow
def test_killed_builds_leave_whole_publications_and_the_next_build_is_right(project):
    """A reader looks all the while; benchmarks/killed_builds.py kills twenty."""
    kill_count = 6
    report = kill_builds(project, kill_count=kill_count, seed=1)
    assert report.next_build == ""
    assert report.failures == []
    assert report.read_count > kill_count
    assert report.ends.total() == kill_count
    assert report.ends["killed while publishing"] >= 1


def test_published_tables_carry_their_descriptions_and_keys(built):
    undescribed = built.rows(
        "select table_name, '' from duckdb_tables() where comment is null"
        " union all select table_name, column_name from duckdb_columns()"
        " where schema_name = 'main' and not internal and comment is null"
    )
    assert undescribed == []
    keyed = built.rows(
        "select table_name from duckdb_constraints()"
        " where constraint_type = 'PRIMARY KEY'"
    )
    # A seed and a Python model have no contract.
    unkeyed = {"publication", "measure_texts", "chart_drawings"}
    assert {name for (name,) in keyed} == set(built.marts()) - unkeyed


def test_the_publication_holds_the_marts_and_nothing_from_staging(built):
    found = set(built.marts())
    assert found >= set(PUBLISHED.split())
    assert not [name for name in found if name.startswith(("base_", "stg_", "int_"))]
