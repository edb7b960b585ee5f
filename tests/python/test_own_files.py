"""An agency's own CSV files build as well as the demonstration seeds."""

from pathlib import Path

import pytest
from raw_columns import RAW_COLUMNS

FOLLOWERS = {
    **{"B01": 1200, "B02": 1400, "B03": 1300, "B04": 210000, "B05": 230000},
    **{"B06": 220000, "B07": 215000, "B08": 40500, "B09": 41500, "B10": 39012},
    **{"B11": 40000, "B12": 0},
}


def test_files_in_another_column_order_with_extra_columns_build_without_warning(
    built_from_files,
):
    assert "WARN=0 ERROR=0 SKIP=0" in built_from_files.build_log


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        (
            "enterprise_id, followers_total from enterprise_segments",
            [*FOLLOWERS.items()],
        ),
        (
            "enterprise_id, turnover_eur::varchar from enterprise_segments"
            " where turnover_eur is not null",
            [("B01", "120000.50"), ("B04", "1250000.00")],
        ),
        # Spellings that no seed knows are still one.
        (
            "distinct city_name from enterprise_segments",
            [("Brugge",), ("Gent",), (None,)],
        ),
        (
            "distinct category_name from enterprise_segments",
            [("Bakery",), ("Bike shop",), ("Museum",), (None,)],
        ),
        (
            "raw_table, enterprise_id, reason from rejected_rows",
            [
                ("enterprises", "B13", "inactive"),
                ("social_accounts", "B13", "inactive"),
                ("social_accounts", "B99", "orphan"),
            ],
        ),
        # Foreign clients get new segments, never the name of another.
        (
            "segment_key, segment_name, is_named_segment from cluster_profiles",
            [(f"new_1_{n}", f"Nouveau segment new_1_{n}", False) for n in range(1, 5)],
        ),
        ("count(*) from enterprise_recommendations", [(0,)]),
    ],
)
def test_what_files_hold_is_read_grouped_and_listed(built_from_files, query, rows):
    assert built_from_files.rows(f"select {query} order by all") == rows


def test_a_publication_refuses_another_data_set(files_project):
    before = files_project.published.read_bytes()
    build = files_project.dbt("build", data_set="")
    assert build.returncode != 0
    assert "belongs to the data set 'messy_agency'" in build.stdout
    assert f"this build reads 'files:{files_project.raw_files}'" in build.stdout
    assert "Set PUBLISH_DIR to another folder" in build.stdout
    assert files_project.published.read_bytes() == before


def rename_column(raw_files: Path) -> None:
    path = raw_files / "enterprises.csv"
    path.write_text(path.read_text("utf-8").replace("city_name", "citi_name", 1))


def cut_a_line_short(raw_files: Path) -> None:
    path = raw_files / "turnover.csv"
    path.write_text(path.read_text() + "B05,2024\n")


def forget_all_followers(raw_files: Path) -> None:
    path = raw_files / "social_accounts.csv"
    header, *rows = path.read_text().splitlines()
    nulls = [",".join([*row.split(",")[:3], ""]) for row in rows]
    path.write_text("\n".join([header, *nulls]) + "\n")


def keep_one_client(raw_files: Path) -> None:
    path = raw_files / "enterprises.csv"
    header, *_, client, _ = path.read_text("utf-8").splitlines()
    path.write_text(f"{header}\n{client}\n")


# What else is refused, and in which words, is told by test_raw_tables.py and
# test_requirements.py.
@pytest.mark.parametrize(
    ("damage", "message", "is_told_first"),
    [
        (rename_column, "'city_name': rename 'citi_name' to 'city_name'", True),
        (cut_a_line_short, "Expected Number of Columns: 3 Found: 2", True),
        pytest.param(
            forget_all_followers,
            "only 3 different feature values, fewer than",
            False,
            marks=pytest.mark.slow,
        ),
        (keep_one_client, "has 1 members, fewer than n_clusters = 4", False),
    ],
)
def test_files_that_cannot_be_built_are_refused_in_one_paragraph(
    files_project, damage, message, is_told_first
):
    before = files_project.published.read_bytes()
    damage(files_project.raw_files)

    build = files_project.dbt("build")

    assert build.returncode != 0
    assert message in build.stdout
    assert ("START sql" not in build.stdout) == is_told_first
    assert ("Not published" not in build.stdout) == is_told_first
    assert "Traceback" not in build.stdout
    assert files_project.published.read_bytes() == before


GROUPS = {
    "facebook": 900,
    "instagram": 40_000,
    "tiktok": 700_000,
    "linkedin": 9_000_000,
}


@pytest.mark.slow
def test_ten_thousand_categories_do_not_hide_the_groups(files_project):
    """Each trade has a column of the fit, and no trade but a few has two clients."""
    folder = files_project.raw_files
    clients = [(f"C{n}", n % 10_000, list(GROUPS)[n % 4]) for n in range(10_400)]
    letters = str.maketrans("0123456789", "abcdefghij")
    with (folder / "enterprises.csv").open("w", encoding="utf-8") as file:
        file.write(",".join(RAW_COLUMNS["enterprises"]) + "\n")
        for id_, trade, _ in clients:
            name = f"{trade:05d}".translate(letters)
            file.write(f"{id_},Client {id_},Trade {name},Gent,9000,oui,2020-01-01\n")
    with (folder / "social_accounts.csv").open("w", encoding="utf-8") as file:
        file.write(",".join(RAW_COLUMNS["social_accounts"]) + "\n")
        for id_, trade, platform in clients:
            file.write(f"{id_},{platform},{GROUPS[platform] + trade % 7},2025-01-01\n")

    build = files_project.dbt("build", refit="always")

    assert build.returncode == 0, build.stdout
    assert files_project.rows(
        "select count(distinct category_name), count(*) from enterprise_segments"
    ) == [(10_000, 10_400)]
    segments = files_project.rows(
        "select distinct segment_key, followers_total // 10 * 10"
        " from enterprise_segments order by 2"
    )
    assert [followers for _, followers in segments] == list(GROUPS.values())
    assert len({key for key, _ in segments}) == 4
