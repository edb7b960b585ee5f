"""An agency's own CSV files build as well as the demonstration seeds."""

import pytest
from project_copies import RAW_COLUMNS

FOLLOWERS = {
    **{"B01": 1200, "B02": 1400, "B03": 1300, "B04": 210000, "B05": 230000},
    **{"B06": 220000, "B07": 215000, "B08": 40500, "B09": 41500, "B10": 39012},
    **{"B11": 40000, "B12": 0},
}


def test_files_in_another_column_order_with_extra_columns_build_without_warning(
    built_from_files,
):
    """One of them, of turnovers, is as French Excel writes it."""
    assert "read as Windows-1252" in built_from_files.build_log
    assert "WARN=0 ERROR=0 SKIP=0" in built_from_files.build_log


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("enterprise_id, followers_total from enterprise_segments",
         [*FOLLOWERS.items()]),
        (
            "enterprise_id, turnover_eur::varchar from enterprise_segments"
            " where turnover_eur is not null",
            [("B01", "120000.50"), ("B04", "1250000.00")],
        ),
        # Spellings that no seed knows are still one.
        ("distinct city_name from enterprise_segments",
         [("Brugge",), ("Gent",), (None,)]),
        ("distinct category_name from enterprise_segments",
         [("Bakery",), ("Bike shop",), ("Museum",), (None,)]),
        (
            "raw_table, enterprise_id, reason from rejected_rows",
            [
                ("enterprises", "B13", "inactive"),
                ("social_accounts", "B13", "inactive"),
                ("social_accounts", "B99", "orphan"),
            ],
        ),
        # Foreign clients get new segments, never the name of another.
        ("segment_key, segment_name, is_named_segment from cluster_profiles",
         [(f"new_1_{n}", f"Nouveau segment new_1_{n}", False) for n in range(1, 5)]),
        ("matched_on, count(*) from enterprise_recommendations group by all",
         [("starting_set", 36)]),
    ],
)  # fmt: skip
def test_what_files_hold_is_read_grouped_and_listed(built_from_files, query, rows):
    assert built_from_files.rows(f"select {query} order by all") == rows


def test_a_publication_refuses_another_data_set_before_anything_is_built(files_project):
    before = files_project.published.read_bytes()
    build = files_project.build(data_set="")
    assert build.returncode == 2, build.stdout
    assert "belongs to the data set 'messy_agency'" in build.stdout
    assert "this build reads 'files:tests/fixtures/messy_agency'" in build.stdout
    assert "Set PUBLISH_DIR to another folder" in build.stdout
    for never in ("START sql", "Not published", "Traceback"):
        assert never not in build.stdout
    assert files_project.published.read_bytes() == before


def test_features_that_cannot_be_fitted_stop_a_build_with_one_paragraph(files_project):
    """What else is refused is told by test_raw_tables.py and test_requirements.py."""
    before = files_project.published.read_bytes()
    path = files_project.raw_files / "enterprises.csv"
    header, *_, client, _ = path.read_text("utf-8").splitlines()
    path.write_text(f"{header}\n{client}\n")
    build = files_project.dbt("build", "--select", "+enterprise_features")
    assert build.returncode != 0
    assert "has 1 members, fewer than n_clusters = 4" in build.stdout
    assert "Not published" in build.stdout
    assert "Traceback" not in build.stdout
    assert files_project.published.read_bytes() == before


@pytest.mark.nightly
def test_other_spellings_next_month_move_nobody(files_project):
    """Neither what most rows write now, nor a line in a seed, nor a refit after it."""
    placed = (
        "select enterprise_id, segment_key, round(distance_to_centroid, 9)"
        " from enterprise_segments order by all"
    )
    before = files_project.rows(placed)
    path = files_project.raw_files / "enterprises.csv"
    text = path.read_text("utf-8")
    for old, new in (
        ("Bakery,", "BAKERY,"),
        ("Bike shop", "bike-shop"),
        ("Gent", "GENT"),
    ):
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    aliases = files_project.folder / "seeds/reference/category_aliases.csv"
    with aliases.open("a", encoding="utf-8") as file:
        file.write("Museum,Musée\n")

    files_project.succeed("build")

    assert files_project.rows(placed) == before
    assert files_project.rows(
        "select distinct category_name from enterprise_segments order by all"
    ) == [("BAKERY",), ("Musée",), ("bike-shop",), (None,)]
    files_project.succeed("build", refit="always")
    assert files_project.rows(placed) == before
    assert files_project.rows("select distinct cause from segment_changes") == [
        ("new",)
    ]


GROUPS = {
    "facebook": 900,
    "instagram": 40_000,
    "tiktok": 700_000,
    "linkedin": 9_000_000,
}


@pytest.mark.nightly
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

    build = files_project.dbt("build", refit="always", confirm_size="true")

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
