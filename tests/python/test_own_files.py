"""An agency's own CSV files build as well as the demonstration seeds."""

from collections.abc import Callable
from pathlib import Path

import pytest
from dbt_project import DbtProject


def test_files_in_another_column_order_with_extra_columns_build_without_warning(
    built_from_files: DbtProject,
) -> None:
    assert "WARN=0 ERROR=0 SKIP=0" in built_from_files.build_log


def test_numbers_of_every_kind_in_files_are_read(built_from_files: DbtProject) -> None:
    followers = built_from_files.rows(
        "select enterprise_id, followers_total from enterprise_segments order by all"
    )
    assert dict(followers) == {
        "B01": 1200,
        "B02": 1400,
        "B03": 1300,
        "B04": 210000,
        "B05": 230000,
        "B06": 220000,
        "B07": 215000,
        "B08": 40500,
        "B09": 41500,
        "B10": 39012,
        "B11": 40000,
        "B12": 0,
    }
    assert built_from_files.rows(
        "select enterprise_id, turnover_eur::varchar from enterprise_segments"
        " where turnover_eur is not null order by enterprise_id"
    ) == [("B01", "120000.50"), ("B04", "1250000.00")]


def test_spellings_that_no_seed_knows_are_still_one_category_and_one_city(
    built_from_files: DbtProject,
) -> None:
    assert built_from_files.rows(
        "select distinct city_name from enterprise_segments order by all"
    ) == [("Brugge",), ("Gent",), (None,)]
    assert built_from_files.rows(
        "select distinct category_name from enterprise_segments order by all"
    ) == [("Bakery",), ("Bike shop",), ("Museum",), (None,)]


def test_what_files_hold_and_is_not_used_is_listed_with_its_reason(
    built_from_files: DbtProject,
) -> None:
    assert built_from_files.rows(
        "select raw_table, enterprise_id, reason from rejected_rows order by all"
    ) == [
        ("enterprises", "B13", "inactive"),
        ("social_accounts", "B13", "inactive"),
        ("social_accounts", "B99", "orphan"),
    ]


def test_foreign_clients_get_new_segments_never_the_name_of_another(
    built_from_files: DbtProject,
) -> None:
    segments = built_from_files.rows(
        "select segment_key, segment_name, is_named_segment from cluster_profiles"
        " order by mean_followers_total desc"
    )
    assert segments == [
        (f"new_1_{n}", f"Nouveau segment new_1_{n}", False) for n in range(1, 5)
    ]
    assert built_from_files.rows("select count(*) from enterprise_recommendations") == [
        (0,)
    ]


def test_a_publication_refuses_another_data_set(files_project: DbtProject) -> None:
    before = files_project.published.read_bytes()
    build = files_project.dbt("build", data_set="")
    assert build.returncode != 0
    assert "belongs to the data set 'messy_agency'" in build.stdout
    assert f"this build reads 'files:{files_project.raw_files}'" in build.stdout
    assert "Set PUBLISH_DIR to another folder" in build.stdout
    assert files_project.published.read_bytes() == before


def rename_column(raw_files: Path) -> None:
    path = raw_files / "enterprises.csv"
    path.write_text(path.read_text().replace("city_name", "citi_name", 1))


def remove_file(raw_files: Path) -> None:
    (raw_files / "turnover.csv").unlink()


def empty_file(raw_files: Path) -> None:
    (raw_files / "social_accounts.csv").write_text("")


def keep_the_header_only(raw_files: Path) -> None:
    path = raw_files / "social_accounts.csv"
    path.write_text(path.read_text().splitlines()[0] + "\n")


def keep_three_clients(raw_files: Path) -> None:
    path = raw_files / "enterprises.csv"
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[0], *lines[-4:]]) + "\n")


def deactivate_everybody(raw_files: Path) -> None:
    path = raw_files / "enterprises.csv"
    path.write_text(path.read_text().replace("oui", "non").replace("OUI", "non"))


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (rename_column, "has no column 'city_name': rename 'citi_name' to 'city_name'"),
        (remove_file, "turnover has no file"),
        (empty_file, "social_accounts.csv is empty"),
        (keep_the_header_only, "has a header but no row"),
        (keep_three_clients, "has 3 active enterprises, fewer than n_clusters = 4"),
        (deactivate_everybody, "has 0 active enterprises, fewer than n_clusters = 4"),
    ],
)
def test_bad_files_are_refused_in_one_sentence_with_the_remedy(
    files_project: DbtProject, damage: Callable[[Path], None], message: str
) -> None:
    damage(files_project.raw_files)
    build = files_project.dbt("run", "--select", "+enterprise_features")
    assert build.returncode != 0
    assert message in build.stdout
    assert "Traceback" not in build.stdout


def test_one_enterprise_stops_the_whole_build_and_keeps_the_publication(
    files_project: DbtProject,
) -> None:
    before = files_project.published.read_bytes()
    keep_three_clients(files_project.raw_files)
    build = files_project.dbt("build")
    assert build.returncode != 0
    assert "Not published" in build.stdout
    assert files_project.published.read_bytes() == before
