"""The check of the property files finds what dbt lets pass on DuckDB."""

import subprocess
import sys
from pathlib import Path

import check_property_files
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
    "seeds/cities.csv": "zip,city\n44000,Nantes\n",
    "seeds/seeds.yml": """\
seeds:
  - name: cities
    description: One row per city.
    columns:
      - {name: city, description: Name., data_tests: [unique]}
      - {name: zip}
""",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in PROJECT.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    ("path", "old", "new", "finding"),
    [
        (MODELS, "description", "descripton", "clients: Addi"),
        (MODELS, "data_type", "datatype", "client_id: Additional"),
        (MODELS, "severity", "severty", "('severty' was unexp"),
        (MODELS, "warn", "wrn", "'wrn' is not one of"),
        (MODELS, "materialized", "contract", "Duplicate key 'contract'"),
        (MODELS, "contract: {", "contract: [", "Syntax error"),
        ("dbt_project.yml", "name", "flag: {}\nname", "('flag' was unexpected)"),
        ("seeds/seeds.yml", "zip", "city", "cities: column city is listed twice"),
    ],
)
def test_a_key_that_dbt_drops_is_found(
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    old: str,
    new: str,
    finding: str,
) -> None:
    monkeypatch.chdir(project)
    assert not list(check_property_files.check_keys())
    (project / path).write_text(PROJECT[path].replace(old, new, 1))
    assert any(finding in line for line in check_property_files.check_keys())


def check(project: Path) -> set[str]:
    script = CHECKOUT / "tools" / "check_property_files.py"
    command = [sys.executable, str(script), str(project)]
    return set(
        subprocess.run(command, capture_output=True, text=True).stdout.splitlines()
    )


def test_what_lacks_a_description_or_a_test_is_found(project: Path) -> None:
    (project / "models" / "marts" / "loose.sql").write_text("select 1 as number")
    (project / "models" / "docs.md").write_text(
        "{% docs client_id %}Key.{% enddocs %}{% docs other %}Unused.{% enddocs %}"
    )
    assert check(project) == {
        "models/docs.md: doc block other is not used",
        "models/marts/loose.sql: loose: has no description",
        "models/marts/loose.sql: loose: lists no columns",
        "models/marts/loose.sql: loose: has no enforced contract",
        "models/marts/loose.sql: loose: has no test of its grain",
        "seeds/cities.csv: cities: column zip has no description",
        "seeds/cities.csv: cities: has no test of its grain",
        "seeds/cities.csv: has other columns or another order than its entry",
    }


def test_an_entry_without_its_file_is_found(project: Path) -> None:
    (project / "models" / "marts" / "clients.sql").unlink()
    assert any("clients" in line for line in check(project))
