"""The check of the property files finds what dbt lets pass on DuckDB."""

import subprocess
import sys
from pathlib import Path

import pytest
from conftest import CHECKOUT

MODELS = "models/marts/models.yml"
PROJECT = {
    "dbt_project.yml": "name: agency\nprofile: agency\nversion: 1.0.0\n",
    "profiles.yml": "agency: {outputs: {dev: {type: duckdb}}, target: dev}\n",
    "models/marts/clients.sql": "select 1 as client_id\n",
    MODELS: """\
models:
  - name: clients
    description: One row per client.
    config:
      enabled: "{{ true | as_bool }}"
      materialized: table
      contract: {enforced: true}
    columns:
      - name: client_id
        description: "{{ doc('client_id') }}"
        data_type: integer
        constraints: [{type: primary_key}]
        data_tests: [{unique: {config: {severity: warn}}}]
""",
    "models/docs.md": "{% docs client_id %}Key of the client.{% enddocs %}\n",
    "seeds/reference/cities.csv": "zip,city\n44000,Nantes\n",
    "seeds/reference/seeds.yml": """\
seeds:
  - name: cities
    description: One row per city.
    columns:
      - {name: city, description: Name., data_tests: [unique]}
      - {name: zip}
""",
}


# What is misspelt or misplaced, and what is then said of it; together they parse.
DROPPED_KEYS = [
    (MODELS, "description:", "descripton:", "Custom key `descripton` found at `models"),
    (
        MODELS,
        "data_type:",
        "datatype:",
        "`datatype` found at `models[0].columns[0]`",
    ),
    (MODELS, "severity:", "severty:", "unique_clients_client_id: unknown key severty"),
    (MODELS, "materialized:", "contract:", "Duplicate key 'contract'"),
    ("dbt_project.yml", "name:", "models: {+enabeld: 1}\nname:", "`+enabeld` found"),
    ("seeds/reference/seeds.yml", "zip", "city", "cities: column city is listed twice"),
]


@pytest.fixture
def project(tmp_path):
    for name, text in PROJECT.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def check(project: Path) -> list[str]:
    script = CHECKOUT / "tools" / "check_property_files.py"
    command = [sys.executable, str(script), str(project)]
    return subprocess.run(command, capture_output=True, text=True).stdout.splitlines()


def test_keys_that_dbt_drops_are_found(project):
    for path, old, new, _ in DROPPED_KEYS:
        text = (project / path).read_text()
        (project / path).write_text(text.replace(old, new, 1))
    findings = check(project)
    for *_, finding in DROPPED_KEYS:
        assert any(finding in line for line in findings), (finding, findings)


def test_what_lacks_a_description_or_a_test_is_found(project):
    (project / "models" / "marts" / "loose.sql").write_text("select 1 as number")
    (project / "models" / "docs.md").write_text(
        "{% docs client_id %}Key.{% enddocs %}{% docs other %}Unused.{% enddocs %}"
    )
    assert sorted(check(project)) == [
        "models/docs.md: doc block other is not used",
        "models/marts/loose.sql: loose: has no description",
        "models/marts/loose.sql: loose: has no enforced contract",
        "models/marts/loose.sql: loose: has no test of its grain",
        "models/marts/loose.sql: loose: lists no columns",
        "seeds/reference/cities.csv: cities: column zip has no description",
        "seeds/reference/cities.csv: cities: has no test of its grain",
    ]
    # And what dbt itself refuses, in its own words.
    (project / MODELS).write_text(PROJECT[MODELS].replace("{enforced", "[enforced"))
    assert any("Syntax error" in line for line in check(project))
