"""The shipped seeds give the figures of the report that this project replaces."""

from pathlib import Path

import pandas as pd
from dbt_project import DbtProject
from generate_demonstration_seeds import (
    DEFAULT_OUTPUT_DIR,
    find_differences,
    generate_files,
    planted_enterprises,
)

TABLE_4_2 = {
    "moderate_presence": (2545.7, 1844.0, 701.7, 0.0),
    "facebook_leaders": (81680.0, 80333.3, 1346.7, 0.0),
    "balanced_active": (5436.4, 2717.7, 2718.6, 0.0),
    "low_visibility": (576.9, 485.7, 91.2, 0.0),
}
TABLE_4_3 = {
    "moderate_presence": [
        ("LOISIRS & ACTIVITÉS", 27),
        ("RESTAURATION & BOISSONS", 22),
        ("Produits locaux", 15),
    ],
    "facebook_leaders": [
        ("COMMERCE & BOUTIQUES", 1),
        ("Institut de beauté", 1),
        ("Librairie", 1),
    ],
    "balanced_active": [
        ("Sport", 6),
        ("LOISIRS & ACTIVITÉS", 4),
        ("RESTAURATION & BOISSONS", 3),
    ],
    "low_visibility": [
        ("Produits locaux", 16),
        ("RESTAURATION & BOISSONS", 16),
        ("Automobile", 13),
    ],
}
REPORT_SEGMENTS = (
    "moderate_presence",
    "facebook_leaders",
    "balanced_active",
    "low_visibility",
)


def test_the_shipped_seeds_are_as_the_generator_writes_them(tmp_path: Path) -> None:
    files = generate_files()
    assert find_differences(files, DEFAULT_OUTPUT_DIR) == []
    assert find_differences(files, tmp_path) == list(files)


def test_cluster_profiles_equal_table_4_2_to_the_printed_decimal(
    built: DbtProject,
) -> None:
    profiles = built.rows(
        "select segment_key, mean_followers_total, mean_followers_facebook,"
        " mean_followers_instagram, mean_followers_tiktok from cluster_profiles"
    )
    assert {
        key: tuple(round(mean, 1) for mean in means) for key, *means in profiles
    } == TABLE_4_2


def test_leading_categories_equal_table_4_3(built: DbtProject) -> None:
    leading = built.rows(
        "select segment_key, category_name, enterprise_count from cluster_category_mix"
        " where category_rank <= 3 order by segment_key, category_rank"
    )
    by_segment = {key: [] for key in TABLE_4_3}
    for key, category, count in leading:
        by_segment[key].append((category, count))
    assert by_segment == TABLE_4_3


def test_421_enterprises_are_active_and_three_of_them_lead_facebook(
    built: DbtProject,
) -> None:
    sizes = dict(
        built.rows("select segment_key, enterprise_count from cluster_profiles")
    )
    assert sizes["facebook_leaders"] == 3
    assert sum(sizes.values()) == 421
    assert built.rows("select count(*) from enterprise_segments") == [(421,)]


def test_cleaning_recovers_the_enterprises_that_the_dirt_was_thrown_on(
    built: DbtProject,
) -> None:
    """The generator knows the clean table; SQL sees only the dirty one."""
    planted = planted_enterprises().sort_values("enterprise_id")
    columns = [name for name in planted.columns if name != "report_cluster"]
    recovered = built.rows(
        f"select {', '.join(columns)} from features.enterprise_features"
        " order by enterprise_id",
        database=built.folder / "build" / "segmentation.duckdb",
    )
    expected = [
        tuple(_plain(value) for value in row)
        for row in planted[columns].itertuples(index=False)
    ]
    assert [tuple(map(_plain, row)) for row in recovered] == expected


def test_every_enterprise_is_in_the_segment_that_was_planted(
    built: DbtProject,
) -> None:
    planted = planted_enterprises().set_index("enterprise_id")["report_cluster"]
    labels = built.rows("select enterprise_id, segment_key from enterprise_segments")
    assert {id_: REPORT_SEGMENTS.index(key) for id_, key in labels} == planted.to_dict()


def test_the_build_runs_without_any_warning(built: DbtProject) -> None:
    output = built.build_log
    assert "WARN=0 ERROR=0 SKIP=0" in output
    assert "warning" not in output.lower().replace("0 warnings", "")


def _plain(value: object) -> object:
    """Bring database and pandas values to one form: None, text, bool or float."""
    if value is None or value is pd.NA or value != value:
        return None
    return value if isinstance(value, str | bool) else float(value)
