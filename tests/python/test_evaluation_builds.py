"""The evaluation tables of a build."""

from dbt_project import DbtProject


def test_the_active_approach_has_the_sizes_of_the_segments(built: DbtProject) -> None:
    [(sizes,)] = built.rows(
        "select cluster_sizes from clustering_comparison where is_active"
    )
    counts = built.rows(
        "select enterprise_count from cluster_profiles order by enterprise_count desc"
    )
    assert sizes == ", ".join(str(count) for (count,) in counts)


def test_every_segment_has_a_reading_of_its_stability(built: DbtProject) -> None:
    read = built.rows(
        "select segment_key from cluster_stability"
        " where reading is not null and reading_description is not null"
    )
    profiled = built.rows("select segment_key from cluster_profiles")
    assert sorted(read) == sorted(profiled)


def test_every_cluster_count_has_a_verdict_and_one_is_selected(
    built: DbtProject,
) -> None:
    rows = built.rows(
        "select cluster_count, is_selected from cluster_count_evaluation"
        " where verdict_description is not null order by cluster_count"
    )
    assert rows == [(count, count == 4) for count in range(2, 11)]


def test_a_build_without_evaluation_leaves_its_tables_empty(
    project: DbtProject,
) -> None:
    marts = ("cluster_count_evaluation", "cluster_stability", "clustering_comparison")
    run = project.dbt(
        *("run", "--select", "cluster_count_fits", "cluster_resamplings"),
        *("approach_fits", *marts),
        evaluate="false",
    )
    assert run.returncode == 0, run.stdout
    for mart in marts:
        counted = project.rows(
            f"select count(*) from marts.{mart}",
            database=project.folder / "build" / "segmentation.duckdb",
        )
        assert counted == [(0,)]
