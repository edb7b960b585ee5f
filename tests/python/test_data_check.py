"""The data check says what raw data are like, and tells a scheduler if they will do."""

import json
from pathlib import Path

import duckdb
import pytest
from dbt.cli.main import dbtRunnerResult
from dbt_project import DbtProject
from project_copies import RAW_COLUMNS
from segmentation.build_folder import folder_of
from segmentation.builds.build_database import BuildDatabaseBusyError
from segmentation.builds.data_check_report import (
    REPORT_NAME,
    report_data_check,
    write_share,
)
from segmentation.data_check import check_data


def check_of(project: DbtProject) -> dict:
    return json.loads((project.folder / "build" / REPORT_NAME).read_text("utf-8"))


def append(path: Path, *lines: str) -> None:
    path.write_text("\n".join([path.read_text("utf-8").rstrip("\n"), *lines, ""]))


def add_dirt(raw_files: Path) -> None:
    append(
        raw_files / "enterprises.csv",
        "2021-03-04,oui,,Nante,Boulangeri,Le Fournil,B20,44000",
        '2021-03-04,oui,,Nantes,"Zeppelins, ballons",Aéro,B21,44000',
        "hier,oui,,Nantes,Opticiens,Lunettes,B22,44000",
        "2021-03-04,peut-être,,Nantes,Opticiens,Verres,B23,44000",
        "2021-03-04,oui,,Nantes,Opticiens,Lunettes,B22,44000",
    )
    append(
        raw_files / "social_accounts.csv",
        "Facebok,B20,2025-01-10,beaucoup",
        "facebook,B98,2025-01-10,12",
    )


def test_a_build_on_external_data_logs_the_essentials_of_the_check(built_from_files):
    _, _, log = built_from_files.build_log.partition("Data check of messy_agency: ")
    lines = log[: log.index("make check-data")].splitlines()
    assert lines[0] == "can be built, with 3 findings."
    assert lines[1:7] == [
        "  enterprises: 13 rows, 12 used; inactive 1",
        "  social_accounts: 14 rows, 12 used; inactive 1, orphan 1",
        "  turnover: 2 rows, 2 used",
        "  recommendation_events: 0 rows, 0 used",
        "  sales_lines: 0 rows, 0 used",
        "  12 active enterprises with an account: facebook 41.7 %, instagram 33.3 %,"
        " other 16.7 %, tiktok 8.3 %; with a turnover: 16.7 %",
    ]
    assert sum(line.startswith("  finding: ") for line in lines) == 3
    assert len(lines) <= 16
    assert "Completed successfully" in log


def test_a_build_of_the_demonstration_logs_no_check_and_still_writes_it(built):
    assert "Data check of" not in built.build_log
    check = check_of(built)
    assert (check["status"], check["exit_status"]) == ("findings", 1)
    assert "'mastodon': platforms.csv: mastodon,<its name>" in check["report"]


def test_the_check_counts_what_rejected_rows_lists(built):
    listed = built.rows(
        "select if(is_whole_row, 'row_', 'value_') || reason, raw_table,"
        " coalesce(column_name, 'rows'), count(*) from rejected_rows"
        " group by all order by all"
    )
    counted = built.rows(
        "select check_name, raw_table, subject, part_count"
        " from intermediate.int_raw_data_checked"
        " where regexp_matches(check_name, '^(row|value)_') order by all",
        database=built.build_database,
    )
    assert counted == listed
    assert len(listed) > 20


def test_a_check_of_dirty_files_says_what_to_do_and_touches_nothing(files_project):
    published = files_project.published.read_bytes()
    summary = files_project.build_database.with_name("build_summary.json")
    last_build = summary.read_bytes()
    add_dirt(files_project.raw_files)

    run = files_project.check_data()

    assert run.returncode == 1, run.stdout
    for line in (
        "enterprises: 18 rows, 15 used (83.3 %)",
        "  Not read: internal_note",
        "            1    5.6 %  activity_unknown, is_active: 'peut-être'",
        "            2   12.5 %  orphan, enterprise_id: 'B98', 'B99'",
        "            1    7.7 %  unreadable, followers: 'beaucoup'",
        "  orphan: The row's enterprise does not exist in the enterprises table.",
        "    -> Export the missing enterprise too, or correct the id.",
        "Coverage of the 15 active enterprises, of 17 (a build needs 4)",
        "  other       20.0 % have an account, of these 66.7 % with known followers",
        "          1 x 'Boulangeri': category_aliases.csv: Boulangeri,Boulangerie (the"
        " closest name), or category_groups.csv if it is another",
        "          1 x 'Zeppelins, ballons': category_groups.csv:"
        ' "Zeppelins, ballons",<its family>,leaf',
        "          1 x 'facebok': platform_aliases.csv: facebok,facebook (the closest"
        " name), or platforms.csv if it is another",
        "          1 x 'Nante': city_aliases.csv: Nante,Nantes (the closest name)",
    ):
        assert line in run.stdout.splitlines()
    # Ghent is no misspelling of a listed city.
    assert "'Gent'" not in run.stdout
    assert {
        (finding["check_name"], finding["subject"])
        for finding in check_of(files_project)["findings"]
    } >= {("row_orphan", "enterprise_id"), ("unlisted_platform", "platform")}
    assert files_project.published.read_bytes() == published
    assert summary.read_bytes() == last_build


def test_raw_tables_that_are_refused_end_with_2_and_say_why(files_project):
    path = files_project.raw_files / "enterprises.csv"
    path.write_text(path.read_text("utf-8").replace("city_name", "citi_name", 1))
    run = files_project.check_data()
    assert run.returncode == 2, run.stdout
    assert "'city_name': rename 'citi_name' to 'city_name'" in run.stdout
    assert "Traceback" not in run.stdout
    assert check_of(files_project)["status"] == "cannot_build"


def test_a_busy_build_database_ends_the_check_with_3(tmp_path, monkeypatch):
    busy = BuildDatabaseBusyError("Process 7 has it open.")
    ended = dbtRunnerResult(success=False, exception=busy)
    monkeypatch.setattr("segmentation.data_check.dbtRunner.invoke", lambda *_: ended)
    (tmp_path / "python_models" / "segmentation").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    assert check_data([]) == 3
    assert check_of(DbtProject(tmp_path))["message"] == "Process 7 has it open."


def report(connection: duckdb.DuckDBPyConnection) -> tuple[str, dict]:
    tables = connection.sql(
        "select table_name, schema_name || '.' || table_name from duckdb_tables()"
        " where schema_name in ('intermediate', 'reference', 'raw')"
        " union all select view_name, schema_name || '.' || view_name"
        " from duckdb_views() where schema_name = 'base'"
    ).fetchall()
    essentials = report_data_check(
        connection.cursor(),
        publish_dir=Path("nowhere"),
        relations=dict(tables),
        raw_relations={name: f"raw.raw_{name}" for name in RAW_COLUMNS},
        trimmed_value="trim(value)",
        columns=RAW_COLUMNS,
        data_set="ours",
    )
    path = folder_of(connection) / REPORT_NAME
    return essentials, json.loads(path.read_text("utf-8"))


def test_without_findings_data_are_ready(copied):
    copied.execute("update intermediate.int_raw_data_checked set is_finding = false")
    essentials, check = report(copied)
    assert (check["status"], check["exit_status"]) == ("ready", 0)
    assert check["message"] == "Data check of ours: ready to build."
    assert check["report"].endswith(check["message"])
    assert essentials.count("\n") == 7
    assert "inding" not in essentials


def test_many_findings_stay_within_17_lines_of_the_log(copied):
    copied.execute("update intermediate.int_raw_data_checked set is_finding = true")
    essentials, check = report(copied)
    count = len(check["findings"])
    assert count > 50
    assert len(essentials.splitlines()) == 17
    assert f"and {count - 8} more findings" in essentials
    assert (check["status"], check["exit_status"]) == ("cannot_build", 2)
    assert check["findings"][0]["check_name"] == "active_enterprises_per_cluster"
    assert f"Finding {count}: " in check["report"]


def test_of_many_unlisted_names_the_most_frequent_are_told(copied):
    copied.execute(
        "insert into intermediate.int_unlisted_names_counted"
        " select 'category', 'xyz ' || n, 'XYZ ' || n, n from range(1, 10001) as t(n)"
    )
    _, check = report(copied)
    told = check["report"]
    assert "     10,000 x 'XYZ 10000': category_groups.csv: XYZ 10000" in told
    assert told.count("x 'XYZ ") == 20
    assert "The others, by frequency, are in int_unlisted_names_counted." in told


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "-"), (0.0, "0.0 %"), (0.0001, "< 0.1 %"), (0.001, "0.1 %"),
        (0.5, "50.0 %"), (0.99999, "> 99.9 %"), (1.0, "100.0 %"),
    ],
)  # fmt: skip
def test_only_all_is_100_percent_and_only_none_0(value, written):
    assert write_share(value) == written
