"""Only a complete green build publishes; whatever else happens changes nothing."""

import pytest
from dbt_project import DbtProject
from killed_builds import kill_builds


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["run", "--select", "enterprise_features+"], "this was 'dbt run'"),
        (["build", "--select", "segments"], "this build left out"),
        pytest.param(
            ["build", "--exclude-resource-types", "unit_test"],
            "this build left out",
            marks=pytest.mark.slow,
        ),
        (
            ["build", "--empty", "--exclude-resource-types", "test unit_test"],
            "--empty builds tables without rows",
        ),
    ],
)
def test_anything_but_a_whole_build_leaves_the_publication_alone_and_says_so(
    project: DbtProject, arguments: list[str], sentence: str
) -> None:
    before = project.published.read_bytes()
    command = project.dbt(*arguments, UNIT_TESTS="true")
    assert command.returncode == 0, command.stdout
    assert "Not published: " in command.stdout
    assert sentence in command.stdout
    assert project.published.read_bytes() == before


def test_the_documentation_is_one_page_and_publishes_nothing(
    project: DbtProject,
) -> None:
    before = project.published.read_bytes()
    docs = project.dbt("docs", "generate", "--static")
    assert docs.returncode == 0, docs.stdout
    page = (project.folder / "target" / "static_index.html").read_text("utf-8")
    assert "One row per active enterprise, after cleaning." in page
    assert project.published.read_bytes() == before


def test_a_failing_test_keeps_the_last_publication(project: DbtProject) -> None:
    before = project.published.read_bytes()
    with project.edited_csv("seeds/reference/recommendations.csv") as rows:
        rows[1][rows[0].index("city_name")] = "Atlantis"
    build = project.dbt("build")
    assert build.returncode != 0
    assert "the_city_of_a_recommendation_exists" in build.stdout
    assert "Not published" in build.stdout
    assert project.published.read_bytes() == before


def test_every_broken_reference_of_the_content_seeds_is_found(
    project: DbtProject,
) -> None:
    with project.edited_csv("seeds/reference/recommendations.csv") as rows:
        column = {name: i for i, name in enumerate(rows[0])}
        rows[1][column["segment_key"]] = "nobody"
        rows[2][column["category_name"]] = "Dirigibles"
        rows[3][column["category_group"]] = "DIRIGEABLES"
        rows[4][column["city_name"]] = "Atlantis"
        rows[5][column["platform"]] = "minitel"
    with project.edited_csv("seeds/reference/segments.csv") as rows:
        column = {name: i for i, name in enumerate(rows[0])}
        newcomer = list(rows[1])
        newcomer[column["segment_key"]] = "newcomer"
        newcomer[column["display_order"]] = "99"
        rows.append(newcomer)
    build = project.dbt(
        "build", "--select", "segments", "recommendations", "--indirect-selection",
        "eager",
    )  # fmt: skip
    assert build.returncode != 0
    for test in (
        "the_segment_of_a_recommendation_exists",
        "the_category_of_a_recommendation_exists",
        "the_category_group_of_a_recommendation_exists",
        "the_city_of_a_recommendation_exists",
        "the_platform_of_a_recommendation_exists",
    ):
        assert f"Failure in test {test}" in build.stdout
    # A segment is adopted by one line; its actions may follow.
    assert "Warning in test every_segment_has_a_recommendation" in build.stdout


@pytest.mark.slow
def test_killed_builds_leave_whole_publications_and_the_next_build_is_right(
    project: DbtProject,
) -> None:
    """A reader looks all the while; benchmarks/killed_builds.py kills twenty."""
    kill_count = 6
    report = kill_builds(project, kill_count=kill_count, seed=1)
    assert report.next_build == ""
    assert report.observation.failures == []
    assert report.observation.read_count > kill_count
    assert report.ends.total() == kill_count
    assert report.ends["killed while publishing"] >= 1


def test_published_tables_carry_their_descriptions_and_keys(built: DbtProject) -> None:
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
    assert {name for (name,) in keyed} == {
        name for name in built.marts() if name != "publication"
    }


def test_the_publication_holds_the_marts_and_nothing_from_staging(
    built: DbtProject,
) -> None:
    assert sorted(built.marts()) == [
        "charts",
        "cluster_category_mix",
        "cluster_city_mix",
        "cluster_count_evaluation",
        "cluster_features",
        "cluster_profiles",
        "cluster_recommendations",
        "cluster_stability",
        "clustered_enterprises",
        "clustering_comparison",
        "enterprise_drivers",
        "enterprise_recommendations",
        "enterprise_segments",
        "feature_checks",
        "fit_clusters",
        "fit_parameters",
        "model_freshness",
        "projection_components",
        "projection_coordinates",
        "projection_loadings",
        "publication",
        "rejected_rows",
        "segment_changes",
        "segment_events",
        "segment_migrations",
        "segment_registry",
        "segmentation_fits",
    ]
