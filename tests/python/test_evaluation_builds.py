"""The evaluation tables of a build."""


def test_the_evaluation_is_of_the_segments_and_every_figure_has_its_reading(built):
    sizes = dict(
        built.rows("select segment_key, enterprise_count from cluster_profiles")
    )
    [(active_sizes,)] = built.rows(
        "select cluster_sizes from clustering_comparison where is_active"
    )
    assert active_sizes == ", ".join(map(str, sorted(sizes.values(), reverse=True)))
    read = built.rows(
        "select segment_key from cluster_stability"
        " where reading is not null and reading_description is not null"
    )
    assert sorted(key for (key,) in read) == sorted(sizes)
    assert built.rows(
        "select cluster_count, is_selected from cluster_count_evaluation"
        " where verdict_description is not null order by cluster_count"
    ) == [(count, count == 4) for count in range(2, 11)]


def test_a_build_without_evaluation_leaves_its_tables_empty(built_from_files):
    marts = ("cluster_count_evaluation", "cluster_stability", "clustering_comparison")
    assert [built_from_files.rows(f"from {mart}") for mart in marts] == [[]] * 3
