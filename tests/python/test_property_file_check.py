"""Each rule of tools/check_property_files.py, proven on a tiny project.

Every case is the clean project with one thing broken. A case edits one file and says
which finding must appear, at which line, and that no other finding does.
"""

from __future__ import annotations

import textwrap
from pathlib import Path

import check_property_files
import pytest

MODELS = """\
models:
  - name: clients
    description: One row per client of the agency, for the account managers.
    config:
      meta: {owner: sales, since: 2024-01-31, questions: ['Who is our client?']}
      enabled: "{{ var('with_clients', true) }}"
      tags: [daily]
      pre-hook: "select 1"
    columns:
      - name: client_id
        description: "{{ doc('client_id') }}"
        data_type: varchar
        constraints: [{type: not_null}]
        data_tests:
          - unique
          - not_null:
              config: {severity: warn}
      - name: platform
        description: Platform with the most followers, null when there is none.
        data_type: varchar
        data_tests:
          - accepted_values:
              name: clients_platform_is_known
              arguments: {values: [facebook, tiktok]}
              config: {where: "platform is not null"}

exposures:
  - name: client_report
    description: What account managers open on Mondays.
    type: dashboard
    owner: {name: Sales}
    maturity: high
    url: report.html
    depends_on: [ref('clients')]
"""

CLEAN = {
    "dbt_project.yml": """\
name: agency
version: 1.0.0
config-version: 2
profile: agency
model-paths: [models, python_models]
flags: {send_anonymous_usage_stats: false}
vars: {anything: {goes: here}}
models:
  agency:
    +persist_docs: {relation: true}
    marts:
      +materialized: table
      +contract: {enforced: true}
seeds:
  agency:
    +full_refresh: true
on-run-end: ["select 1"]
""",
    "models/marts/clients.sql": """\
{# select a.* from a #}
with

clients_raw as (select * from {{ ref('stg_clients') }}),

named as materialized (
    select * from clients_raw
),

counted as (
    select
        client_id, -- not select *
        count(*) as row_count,
        2 * 3 as six,
        'select * from x' as platform
    from named
    group by client_id
)

select * from counted
""",
    "models/marts/_marts__models.yml": MODELS,
    "models/marts/_marts__unit_tests.yml": """\
unit_tests:
  - name: platform_with_most_followers_wins
    description: Two platforms, one winner.
    model: clients
    overrides: {vars: {with_clients: true}}
    given:
      - input: ref('stg_clients')
        rows: [{client_id: a, seen_on: 2024-01-31}]
    expect:
      rows: [{client_id: a, platform: x}]
""",
    "models/marts/docs.md": """\
{% docs client_id %}
Key of the agency's customer.
{% enddocs %}
""",
    "models/staging/stg_clients.sql": "select client_id from raw_clients\n",
    "models/staging/_staging__models.yml": """\
models:
  - name: stg_clients
    description: Parsed and typed, one row each as delivered.
    columns: [{name: client_id, description: "{{ doc('client_id') }}"}]
    data_tests:
      - unique_combination:
          arguments: {columns: [client_id, platform]}
""",
    "models/staging/_staging__sources.yml": """\
sources:
  - name: crm
    description: Nightly export.
    schema: raw
    tables:
      - name: visits
        description: Every call at a customer's door.
        config: {meta: {external_location: "visits.csv"}}
        columns: [{name: visited_on, description: Day of the call.}]
""",
    "analyses/busiest.sql": "select client_id from clients\n",
    "analyses/_analyses.yml": """\
analyses:
  - name: busiest
    description: Whom account managers call most.
""",
    "python_models/segments.py": "def model(dbt, session):\n    return session\n",
    "python_models/agency/package.py": "",
    "python_models/_python_models__models.yml": """\
models:
  - name: segments
    description: Labels from the last fit.
    columns:
      - name: label
        description: Number of the group, from 0.
        data_tests: [unique, not_null]
""",
    "seeds/raw/raw_clients.csv": "client_id;platform\na;tiktok\n",
    "seeds/raw/_raw__seeds.yml": """\
seeds:
  - name: raw_clients
    description: Made-up demonstration data.
    config:
      delimiter: ";"
      column_types: {client_id: varchar}
    columns:
      - name: client_id
        description: "{{ doc('client_id') }}"
        data_tests: [unique, not_null]
      - name: platform
        description: As typed by the customer.
""",
    "macros/trimmed.sql": """\
{% macro trimmed(text) %}{{ adapter.dispatch('trimmed')(text) }}{% endmacro %}
{% macro default__trimmed(text) %}trim({{ text }}){% endmacro %}
""",
    "macros/_macros.yml": """\
macros:
  - name: trimmed
    description: Text without white space at its ends.
    config: {meta: {reviewed: true}}
    arguments: [{name: text, type: string, description: Any expression.}]
  - name: test_unique_combination
    description: Fails when two rows agree in all columns given.
""",
    "tests/generic/unique_combination.sql": """\
{% test unique_combination(model, columns) %}
select * from {{ model }} where 1 = 0
{% endtest %}
""",
    "tests/singular/assert_no_row_is_lost.sql": "select 1 where 1 = 0\n",
    "tests/singular/_singular__tests.yml": """\
data_tests:
  - name: assert_no_row_is_lost
    description: Input and output have the same number of rows.
""",
    "tests/fixtures/broken.yml": "models: [{name: x, descripton: y}]\n",
}

PROJECT = "dbt_project.yml"
MART = "models/marts/_marts__models.yml"
MART_SQL = "models/marts/clients.sql"
UNIT = "models/marts/_marts__unit_tests.yml"
STAGING = "models/staging/_staging__models.yml"
SOURCES = "models/staging/_staging__sources.yml"
PYTHON = "python_models/_python_models__models.yml"
SEEDS = "seeds/raw/_raw__seeds.yml"
MACROS = "macros/_macros.yml"
SINGULAR = "tests/singular/_singular__tests.yml"
ANALYSES = "analyses/_analyses.yml"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in CLEAN.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def edit(project: Path, name: str, old: str, new: str) -> None:
    path = project / name
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1, f"{old!r} is not in {name}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def findings(project: Path) -> list[str]:
    return [str(finding) for finding in check_property_files.find_findings(project)]


def assert_one_finding(project: Path, place: str, *parts: str) -> None:
    """Exactly one finding, at `place`, whose message holds all `parts`."""
    found = findings(project)
    assert len(found) == 1, found
    assert found[0].startswith(f"{place}: "), found
    for part in parts:
        assert part in found[0]


def test_a_clean_project_has_no_findings(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert findings(project) == []
    assert check_property_files.main([str(project)]) == 0
    assert capsys.readouterr().out == "10 property files, 4 models and seeds: ok\n"


def test_findings_are_printed_and_fail_the_command(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(project, MART, "description: One", "descripton: One")
    assert check_property_files.main([str(project)]) == 1
    assert f"{MART}:3: unknown key `descripton`" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "old", "new", "line", "message"),
    [
        (MART, "    columns:", "    colums:", 9, "did you mean `columns`?"),
        (MART, "        data_type", "        datatype", 12, "mean `data_type`?"),
        (MART, "enabled:", "enabeld:", 6, "did you mean `enabled`?"),
        (MART, "{type: not_null}", "{type: not_null, nam: x}", 13, "mean `name`?"),
        (MART, "type: not_null", "type: notnull", 13, "did you mean `not_null`?"),
        (MART, "severity: warn", "severty: warn", 17, "did you mean `severity`?"),
        (MART, "severity: warn", "severity: wran", 17, "did you mean `warn`?"),
        (MART, "enabled: \"{{ var('with_clients', true) }}\"", "enabled: sure", 6,
         "write a boolean"),
        (MART, "    depends_on:", "    depend_on:", 34, "did you mean `depends_on`?"),
        (MART, "    type: dashboard\n", "", 28, "lacks `type`"),
        (MART, "exposures:", "exposure:", 27, "did you mean `exposures`?"),
        (MART, "        data_tests:", "        tests:", 14, "rename it to `data_tests"),
        (MART, "arguments: {values: [facebook, tiktok]}", "values: [facebook]", 24,
         "test argument `values` in"),
        (MART, 'config: {where: "platform is not null"}', "where: a", 25,
         "config key `where` beside"),
        (MART, "    config:\n", "    tags: [a]\n    config:\n", 4,
         "config key `tags` beside"),
        (MART, "      tags: [daily]", "      weather: x", 7,
         "a custom key goes under `config: meta:`"),
        (UNIT, "input:", "inptu:", 7, "unknown key `inptu`"),
        (UNIT, "    expect:\n      rows", "    expect:\n      row", 10, "mean `rows`?"),
        (SOURCES, "    schema:", "    shema:", 4, "did you mean `schema`?"),
        (SOURCES, "        config:", "        confg:", 8, "did you mean `config`?"),
        (MACROS, "    config: {meta: {reviewed: true}}", "    meta: {a: b}", 4,
         "config key `meta` beside"),
        (SINGULAR, "    description:", "    descrption:", 3, "mean `description`?"),
        (PROJECT, "+persist_docs", "+persist_doc", 10, "did you mean `+persist_docs`?"),
        (PROJECT, "+materialized", "materialized", 12, "write `+materialized`"),
        (PROJECT, "    marts:", "    mart:", 11, "did you mean `marts`?"),
        (PROJECT, "on-run-end", "on-run-ned", 17, "did you mean `on-run-end`?"),
        (PROJECT, "usage_stats: f", "usage_stat: f", 6, "usage_stats`?"),
        (PROJECT, "seeds:\n", "tests: {}\nseeds:\n", 14, "rename it to `data_tests`"),
    ],
)  # fmt: skip
def test_a_key_the_schema_does_not_know_is_found(
    project: Path, name: str, old: str, new: str, line: int, message: str
) -> None:
    edit(project, name, old, new)
    # Losing a key breaks other rules too; here only the schema is asked.
    tiny = check_property_files.Project(project)
    found = [
        *check_property_files.check_schema(tiny),
        *check_property_files.check_config_folders(tiny),
    ]
    assert [(finding.path, finding.line) for finding in found] == [(name, line)], found
    assert message in found[0].message


@pytest.mark.parametrize(
    "text",
    [
        "materialized: external\n      options: {partition_by: platform}",
        "post-hook: [{sql: select 1, transaction: false}, select 2]",
        "post_hook: select 1",
        "materialized: \"{{ var('kind') }}\"",
        "grants: {select: [reader]}",
    ],
)
def test_what_dbt_accepts_is_accepted(project: Path, text: str) -> None:
    edit(project, MART, "tags: [daily]", text)
    assert findings(project) == []


@pytest.mark.parametrize("severity", ["error", "Warn", "ERROR", "\"{{ var('s') }}\""])
def test_severity_is_compared_without_case(project: Path, severity: str) -> None:
    edit(project, MART, "severity: warn", f"severity: {severity}")
    assert findings(project) == []


def test_two_keys_misspelt_in_one_mapping_are_two_findings(project: Path) -> None:
    edit(project, SOURCES, "    schema: raw", "    shema: raw\n    lodaer: x")
    assert [line.split(":")[1] for line in findings(project)] == ["4", "5"]


def test_a_misspelt_folder_in_the_project_file_is_found(project: Path) -> None:
    with (project / PROJECT).open("a", encoding="utf-8") as file:
        file.write("data_tests: {agency: {anything: {+tags: [a]}}}\n")
    edit(project, PROJECT, "    +full_refresh: true", "    rwa: {+full_refresh: true}")
    assert_one_finding(project, f"{PROJECT}:16", "`rwa` in seeds", "mean `raw`?")


def test_every_rule_is_registered() -> None:
    rules = {
        value
        for name, value in vars(check_property_files).items()
        if name.startswith("check_")
    }
    assert rules == set(check_property_files.RULES)
    assert all(rule.__doc__ for rule in rules)


def test_a_duplicate_key_is_found(project: Path) -> None:
    edit(project, SINGULAR, "    desc", "    description: Other words.\n    desc")
    assert_one_finding(
        project, f"{SINGULAR}:4", "duplicate key `description`", "line 3"
    )


def test_a_merge_key_may_be_overridden(project: Path) -> None:
    text = """\
    anchors:
      - &text {name: label, data_type: integer}
    models:
      - name: segments
        description: Labels from the last fit.
        columns:
          - <<: *text
            name: client_id
            description: Who it is.
            data_tests: [unique, not_null]
    """
    (project / PYTHON).write_text(textwrap.dedent(text), encoding="utf-8")
    assert findings(project) == []


def test_broken_yaml_is_a_finding(project: Path) -> None:
    edit(project, STAGING, "description: Parsed", "description: {{ doc('x') }} Parsed")
    places = [line.split(" ")[0] for line in findings(project)]
    assert f"{STAGING}:3:" in places


def test_a_model_without_entry_is_found(project: Path) -> None:
    path = project / "models/staging/stg_visits.sql"
    path.write_text("select 1 as visit_id\n", encoding="utf-8")
    assert_one_finding(
        project, "models/staging/stg_visits.sql:1", "no YAML entry", STAGING
    )


def test_a_seed_without_entry_is_found(project: Path) -> None:
    (project / "seeds/raw/raw_visits.csv").write_text("visit_id\n", encoding="utf-8")
    assert_one_finding(project, "seeds/raw/raw_visits.csv:1", "no YAML entry", SEEDS)


def test_an_entry_without_file_is_found(project: Path) -> None:
    edit(
        project,
        STAGING,
        "models:\n",
        "models:\n  - name: gone\n    description: Odd.\n",
    )
    assert_one_finding(project, f"{STAGING}:2", "`gone` has no file")


def test_a_second_entry_is_found(project: Path) -> None:
    with (project / STAGING).open("a", encoding="utf-8") as file:
        file.write("  - name: clients\n    description: Again, what was said.\n")
    assert_one_finding(project, f"{STAGING}:8", "second entry", f"{MART}:2")


def test_an_entry_in_another_file_is_found(project: Path) -> None:
    (project / STAGING).rename(project / "models/staging/schema.yml")
    assert_one_finding(project, "models/staging/schema.yml:2", f"move it to {STAGING}")


def test_a_unit_test_in_another_file_is_found(project: Path) -> None:
    (project / UNIT).rename(project / "models/staging/_staging__unit_tests.yml")
    assert_one_finding(
        project, "models/staging/_staging__unit_tests.yml:2", f"move it to {UNIT}"
    )


def test_a_singular_test_without_entry_is_found(project: Path) -> None:
    path = project / "tests/singular/assert_more.sql"
    path.write_text("select 1\n", encoding="utf-8")
    assert_one_finding(
        project, "tests/singular/assert_more.sql:1", "no data_tests entry"
    )


def test_a_singular_entry_without_test_is_found(project: Path) -> None:
    with (project / SINGULAR).open("a", encoding="utf-8") as file:
        file.write("  - name: assert_gone\n    description: No client leaves.\n")
    assert_one_finding(project, f"{SINGULAR}:4", "`assert_gone` has no file")


def test_a_macro_without_entry_is_found(project: Path) -> None:
    path = project / "macros/more.sql"
    path.write_text("\n{% macro more() %}1{% endmacro %}\n", encoding="utf-8")
    assert_one_finding(project, "macros/more.sql:2", "describe `more`")


def test_an_entry_without_macro_is_found(project: Path) -> None:
    edit(project, MACROS, "macros:\n", "macros:\n  - {name: tri, description: Odd.}\n")
    assert_one_finding(project, f"{MACROS}:2", "`tri` has no macro")


@pytest.mark.parametrize(
    ("name", "old", "new", "line", "message"),
    [
        (STAGING, "Parsed and typed, one row each as delivered.", "The stg clients.", 2,
         "model `stg_clients` has a description that only restates"),
        (SEEDS, "Made-up demonstration data.", '""', 2, "seed `raw_clients` has no"),
        (SOURCES, "Nightly export.", '""', 2, "source `crm` has no"),
        (SOURCES, "Every call at a customer's door.", "Visits", 6,
         "source table `visits` has a description that only restates"),
        (MACROS, "Text without white space at its ends.", "Macro trimmed.", 2,
         "macro `trimmed` has a description that only restates"),
        (SINGULAR, "Input and output have the same number of rows.", "", 2,
         "singular test `assert_no_row_is_lost` has no"),
        (MART, "What account managers open on Mondays.", "The client report", 28,
         "exposure `client_report` has a description that only restates"),
        (MART, "Platform with the most followers, null when there is none.",
         "The platform", 18, "column `platform` of `clients` has a description that"),
        (PYTHON, "Number of the group, from 0.", "", 5, "column `label` of `segments`"),
        (SEEDS, "As typed by the customer.", "", 11, "column `platform` of `raw_"),
        (STAGING, "{{ doc('client_id') }}", "", 4, "column `client_id` of `stg_cl"),
        (SOURCES, "Day of the call.", "Visited on.", 9, "column `visited_on` of `visi"),
        (UNIT, "Two platforms, one winner.", "", 2, "unit test `platform_with_most"),
        (ANALYSES, "Whom account managers call most.", "Busiest.", 2,
         "analysis `busiest` has a description that only restates"),
    ],
)  # fmt: skip
def test_a_missing_or_restating_description_is_found(
    project: Path, name: str, old: str, new: str, line: int, message: str
) -> None:
    edit(project, name, old, new)
    assert_one_finding(project, f"{name}:{line}", message)


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        (", questions: ['Who is our client?']", "", 2, "answers no question"),
        ("['Who is our client?']", "[]", 2, "answers no question"),
        (
            "['Who is our client?']",
            "[All clients.]",
            5,
            "`All clients.` is no question",
        ),
        ("['Who is our client?']", "[{Who: where}]", 5, "is no question"),
    ],
)
def test_a_mart_without_question_is_found(
    project: Path, old: str, new: str, line: int, message: str
) -> None:
    edit(project, MART, old, new)
    assert_one_finding(project, f"{MART}:{line}", message)


@pytest.mark.parametrize(
    ("old", "new", "missing"),
    [
        ("{name: Sales}", "{email: sales@example.org}", "`owner: name`"),
        ("    maturity: high\n", "", "`maturity`"),
        ("    url: report.html\n", "", "`url`"),
    ],
)
def test_an_incomplete_exposure_is_found(
    project: Path, old: str, new: str, missing: str
) -> None:
    edit(project, MART, old, new)
    assert_one_finding(project, f"{MART}:28", f"`client_report` has no {missing}")


def test_a_mart_that_nobody_reads_is_found(project: Path) -> None:
    edit(project, MART, "[ref('clients')]", "[ref('segments')]")
    assert_one_finding(project, f"{MART}:2", "no exposure depends on mart `clients`")


def test_an_analysis_without_entry_is_found(project: Path) -> None:
    path = project / "analyses/quietest.sql"
    path.write_text("select client_id from clients\n", encoding="utf-8")
    assert_one_finding(project, "analyses/quietest.sql:1", "no entry", "`quietest`")


def test_an_analysis_entry_without_file_is_found(project: Path) -> None:
    (project / "analyses/busiest.sql").unlink()
    assert_one_finding(project, f"{ANALYSES}:2", "`busiest` has no file")


def test_a_doc_block_that_restates_the_name_is_found(project: Path) -> None:
    edit(project, "models/marts/docs.md", "Key of the agency's customer.", "Client ID.")
    found = findings(project)
    assert [line.split(" ")[0] for line in found] == [
        f"{MART}:10:",
        f"{STAGING}:4:",
        f"{SEEDS}:8:",
    ]


def test_a_model_without_columns_is_found(project: Path) -> None:
    text = (project / PYTHON).read_text(encoding="utf-8")
    start = text.index("    columns:")
    tests = "    data_tests: [unique_combination: {arguments: {columns: [label]}}]\n"
    (project / PYTHON).write_text(text[:start] + tests, encoding="utf-8")
    assert_one_finding(project, f"{PYTHON}:2", "`segments` lists no columns")


def test_a_column_listed_twice_is_found(project: Path) -> None:
    edit(project, PYTHON, "columns:\n",
         "columns:\n      - {name: label, description: Group.}\n")  # fmt: skip
    assert_one_finding(project, f"{PYTHON}:6", "listed twice")


def test_a_description_written_twice_is_found(project: Path) -> None:
    text = "Platform with the most followers, null when there is none."
    edit(project, SEEDS, "As typed by the customer.", text)
    assert_one_finding(
        project, f"{SEEDS}:11", "use one {{ doc() }} block", f"{MART}:18"
    )


def test_an_unused_doc_block_is_found(project: Path) -> None:
    with (project / "models/marts/docs.md").open("a", encoding="utf-8") as file:
        file.write("{% docs spare %}\nText.\n{% enddocs %}\n")
        file.write("{% docs __overview__ %}\nText.\n{% enddocs %}\n")
    assert_one_finding(project, "models/marts/docs.md:4", "`spare` is unused")


def test_a_missing_doc_block_is_found(project: Path) -> None:
    edit(project, SEEDS, "doc('client_id')", "doc('clientid')")
    assert_one_finding(project, f"{SEEDS}:9", "no doc block `clientid`", "`client_id`?")


@pytest.mark.parametrize(
    "header", ["platform;client_id", "client_id;network", "client_id,platform"]
)
def test_a_seed_with_other_columns_is_found(project: Path, header: str) -> None:
    edit(project, SEEDS, "      column_types: {client_id: varchar}\n", "")
    edit(project, "seeds/raw/raw_clients.csv", "client_id;platform", header)
    assert_one_finding(
        project, "seeds/raw/raw_clients.csv:1", "make them equal in name and order"
    )


def test_a_seed_type_of_no_column_is_found(project: Path) -> None:
    edit(project, SEEDS, "{client_id: varchar}", "{clint_id: varchar}")
    assert_one_finding(project, f"{SEEDS}:6", "column_types names", "`client_id`?")


def test_a_seed_that_is_not_utf8_is_found(project: Path) -> None:
    path = project / "seeds/raw/raw_clients.csv"
    path.write_bytes("client_id;platform\né;tiktok\n".encode("latin-1"))
    assert_one_finding(project, "seeds/raw/raw_clients.csv:1", "not UTF-8")


@pytest.mark.parametrize(
    ("folder", "old", "new", "message"),
    [
        ("models/staging", "stg_clients", "clients_parsed", "is named `stg_...`"),
        ("models/staging", "stg_clients", "stg_Clients", "is not snake_case"),
        ("models/marts", "clients", "dim_clients", "remove `dim_` or `fct_`"),
        (
            "tests/singular",
            "assert_no_row_is_lost",
            "no_row_is_lost",
            "`assert_<claim>",
        ),
    ],
)
def test_a_file_name_against_the_grammar_is_found(
    project: Path, folder: str, old: str, new: str, message: str
) -> None:
    (project / folder / f"{old}.sql").rename(project / folder / f"{new}.sql")
    for path in (project / folder).glob("*.yml"):
        text = path.read_text(encoding="utf-8")
        text = text.replace(f"name: {old}\n", f"name: {new}\n")
        text = text.replace(f"ref('{old}')", f"ref('{new}')")
        path.write_text(text.replace(f"model: {old}\n", f"model: {new}\n"), "utf-8")
    assert_one_finding(project, f"{folder}/{new}.sql:1", message)


@pytest.mark.parametrize(
    ("layer", "prefix"), [("base", "base_"), ("intermediate", "int_")]
)
def test_base_and_intermediate_have_their_prefix(
    project: Path, layer: str, prefix: str
) -> None:
    folder = project / "models" / layer
    folder.mkdir()
    (folder / "visits.sql").write_text("select 1 as visit_id\n", encoding="utf-8")
    text = (project / STAGING).read_text(encoding="utf-8")
    entry = text.replace("stg_clients", "visits")
    (folder / f"_{layer}__models.yml").write_text(entry, encoding="utf-8")
    assert_one_finding(project, f"models/{layer}/visits.sql:1", f"`{prefix}...`")


def test_a_mart_without_contract_is_found(project: Path) -> None:
    edit(project, PROJECT, "enforced: true", "enforced: false")
    assert_one_finding(project, f"{MART}:2", "`clients` has no enforced contract")


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        (MART, "      tags: [daily]", "      contract: {enforced: true}"),
        (MART_SQL, "with\n", "{{ config(contract={'enforced': true}) }}\nwith\n"),
    ],
)
def test_a_contract_may_stand_in_the_model(
    project: Path, name: str, old: str, new: str
) -> None:
    edit(project, PROJECT, "enforced: true", "enforced: false")
    edit(project, name, old, new)
    assert findings(project) == []


def test_a_column_without_data_type_is_found(project: Path) -> None:
    edit(project, MART, "        data_type: varchar\n", "")
    assert_one_finding(project, f"{MART}:10", "column `client_id`", "no data_type")


@pytest.mark.parametrize(
    ("name", "old", "new", "line"),
    [
        (MART, "          - unique\n", "", 2),
        (STAGING, "unique_combination", "other_test", 2),
        (SEEDS, "[unique, not_null]", "[unique]", 2),
        (PYTHON, "[unique, not_null]", "[not_null]", 2),
    ],
)
def test_a_relation_without_grain_test_is_found(
    project: Path, name: str, old: str, new: str, line: int
) -> None:
    edit(project, name, old, new)
    assert_one_finding(project, f"{name}:{line}", "has no grain test")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("{type: not_null}", "{type: primary_key}"),
        ("    columns:", "    constraints: [{type: primary_key}]\n    columns:"),
    ],
)
def test_an_enforced_primary_key_is_a_grain_test(
    project: Path, old: str, new: str
) -> None:
    edit(project, MART, "          - unique\n", "")
    edit(project, MART, old, new)
    assert findings(project) == []


def test_a_primary_key_of_a_python_model_is_no_grain_test(project: Path) -> None:
    key = "constraints: [{type: primary_key}]"
    edit(project, PYTHON, "data_tests: [unique, not_null]", key)
    assert_one_finding(project, f"{PYTHON}:2", "is not enforced: no contract")


@pytest.mark.parametrize(
    "name", [MART_SQL, MACROS, PROJECT, "python_models/segments.py"]
)
def test_unfinished_text_is_found(project: Path, name: str) -> None:
    text = (project / name).read_text(encoding="utf-8")
    comment = "--" if name.endswith(".sql") else "#"
    (project / name).write_text(f"{comment} TO" + f"DO later\n{text}", encoding="utf-8")
    assert_one_finding(project, f"{name}:1", "do it or remove it")


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("select * from clients_raw", "select * from clients_raw where true", 7),
        ("select * from clients_raw", "select *, 1 as one from clients_raw", 7),
        ("2 * 3 as six", "named.*", 14),
        ("select * from counted", "select * from counted order by client_id", 20),
        ("select * from counted", "select counted.* from counted", 20),
        ("select * from counted", "select * from {{ ref('stg_clients') }}", 20),
        ("2 * 3 as six", "(select max(x) from (select * from y)) as six", 14),
    ],
)
def test_a_star_in_mid_query_is_found(
    project: Path, old: str, new: str, line: int
) -> None:
    edit(project, MART_SQL, old, new)
    assert_one_finding(project, f"{MART_SQL}:{line}", "list the columns")
