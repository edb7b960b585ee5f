"""An agency's own CSV files build as well as the demonstration seeds."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from dbt_project import DbtProject
from segmentation.raw.tables import RAW_COLUMNS


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


def change(raw_files: Path, name: str, old: str, new: str, *, times: int = -1) -> None:
    path = raw_files / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, times), encoding="utf-8")


def keep_lines(raw_files: Path, name: str, *lines: int) -> None:
    """Keep the header and some of the other lines, by their place."""
    path = raw_files / name
    header, *rows = path.read_text().splitlines()
    kept = [rows[line] for line in lines]
    path.write_text("\n".join([header, *kept]) + "\n")


def rename_column(raw_files: Path) -> None:
    change(raw_files, "enterprises.csv", "city_name", "citi_name", times=1)


def name_a_column_twice(raw_files: Path) -> None:
    change(raw_files, "enterprises.csv", "internal_note", "City_Name", times=1)


def remove_file(raw_files: Path) -> None:
    (raw_files / "turnover.csv").unlink()


def empty_file(raw_files: Path) -> None:
    (raw_files / "social_accounts.csv").write_text("")


def keep_the_header_only(raw_files: Path) -> None:
    keep_lines(raw_files, "social_accounts.csv")


def separate_by_bars(raw_files: Path) -> None:
    change(raw_files, "turnover.csv", ",", "|")


def deliver_a_workbook(raw_files: Path) -> None:
    (raw_files / "enterprises.csv").write_bytes(b"PK\x03\x04 xl/worksheets")


def deliver_bytes(raw_files: Path) -> None:
    (raw_files / "enterprises.csv").write_bytes(bytes(range(256)) * 100)


def break_the_encoding(raw_files: Path) -> None:
    """Put one line of another program into a file in UTF-8."""
    path = raw_files / "turnover.csv"
    path.write_bytes(path.read_bytes() + "B05,2024,12 €\n".encode("cp1252"))


def cut_a_line_short(raw_files: Path) -> None:
    path = raw_files / "turnover.csv"
    path.write_text(path.read_text() + "B05,2024\n")


def leave_an_old_file_behind(raw_files: Path) -> None:
    path = raw_files / "turnover.csv"
    shutil.copy(path, raw_files / "turnover_old.csv")


def keep_one_client(raw_files: Path) -> None:
    keep_lines(raw_files, "enterprises.csv", -2)


def keep_three_clients(raw_files: Path) -> None:
    keep_lines(raw_files, "enterprises.csv", -4, -3, -2, -1)


def deactivate_everybody(raw_files: Path) -> None:
    change(raw_files, "enterprises.csv", ",oui,", ",non,")
    change(raw_files, "enterprises.csv", ",OUI,", ",non,")


def reject_every_row(raw_files: Path) -> None:
    """Make every client's activity unreadable."""
    for written in (",oui,", ",OUI,", ",non,"):
        change(raw_files, "enterprises.csv", written, ",peut-être,")


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (rename_column, "has no column 'city_name': rename 'citi_name' to 'city_name'"),
        (remove_file, "turnover has no file"),
        (break_the_encoding, "turnover.csv is partly in UTF-8 and partly not (line 4)"),
        *(
            pytest.param(*case, marks=pytest.mark.slow)
            for case in (
                (name_a_column_twice, "has the column 'city_name' more than once"),
                (empty_file, "social_accounts.csv is empty"),
                (keep_the_header_only, "has a header but no row"),
                (separate_by_bars, "turnover.csv is separated by '|'"),
                (deliver_a_workbook, "enterprises.csv is an Excel workbook"),
                (deliver_bytes, "enterprises.csv holds bytes that are no text"),
                (cut_a_line_short, "Expected Number of Columns: 3 Found: 2"),
                (leave_an_old_file_behind, "turnover_old.csv may or may not belong"),
            )
        ),
    ],
)
def test_bad_files_are_refused_in_one_paragraph_before_anything_is_built(
    files_project: DbtProject, damage: Callable[[Path], None], message: str
) -> None:
    before = files_project.published.read_bytes()
    damage(files_project.raw_files)

    build = files_project.dbt("build")

    assert build.returncode != 0
    assert message in build.stdout.splitlines()[-1]
    assert "Traceback" not in build.stdout
    assert "START sql" not in build.stdout
    assert files_project.published.read_bytes() == before


def forget_all_followers(raw_files: Path) -> None:
    path = raw_files / "social_accounts.csv"
    header, *rows = path.read_text().splitlines()
    nulls = [",".join([*row.split(",")[:3], ""]) for row in rows]
    path.write_text("\n".join([header, *nulls]) + "\n")


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (
            forget_all_followers,
            "only 3 different feature values, fewer than n_clusters",
        ),
        (keep_one_client, "has 1 active enterprises, fewer than n_clusters = 4"),
        *(
            pytest.param(*case, marks=pytest.mark.slow)
            for case in (
                (keep_three_clients, "has 3 active enterprises, fewer than"),
                (deactivate_everybody, "has 0 active enterprises, fewer than"),
                (reject_every_row, "has 0 active enterprises, fewer than"),
            )
        ),
    ],
)
def test_clients_that_cannot_be_grouped_are_refused_in_one_paragraph(
    files_project: DbtProject, damage: Callable[[Path], None], message: str
) -> None:
    before = files_project.published.read_bytes()
    damage(files_project.raw_files)

    build = files_project.dbt("run", "--select", "+enterprise_features")

    assert build.returncode != 0
    assert message in build.stdout
    assert "Traceback" not in build.stdout
    assert files_project.published.read_bytes() == before


@pytest.mark.slow
def test_too_few_enterprises_stop_the_whole_build_and_keep_the_publication(
    files_project: DbtProject,
) -> None:
    before = files_project.published.read_bytes()
    keep_three_clients(files_project.raw_files)
    build = files_project.dbt("build")
    assert build.returncode != 0
    assert "Not published" in build.stdout
    assert files_project.published.read_bytes() == before


GROUPS = {
    "facebook": 900,
    "instagram": 40_000,
    "tiktok": 700_000,
    "linkedin": 9_000_000,
}


@pytest.mark.slow
def test_ten_thousand_categories_do_not_hide_the_groups(
    files_project: DbtProject,
) -> None:
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
