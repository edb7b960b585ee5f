"""The check of the property files finds what dbt lets pass on DuckDB."""

import subprocess
import sys
from pathlib import Path

from conftest import CHECKOUT

MODELS = "models/marts/models.yml"
SEEDS, CITIES = "seeds/reference/seeds.yml", "seeds/reference/cities.csv"
LOOSE = "models/marts/loose.sql"
PROJECT = {
    "dbt_project.yml": "name: agency\nprofile: agency\nversion: 1.0.0\n",
    "profiles.yml": "agency: {outputs: {dev: {type: duckdb}}, target: dev}\n",
    "models/marts/clients.sql": "select 1 as client_id\n",
    LOOSE: "select 1 as number\n",
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
    CITIES: "zip,city\n44000,Nantes\n",
    SEEDS: """\
seeds:
  - name: cities
    description: One row per city.
    columns:
      - {name: city, description: Name., data_tests: [unique]}
      - {name: zip}
      - {name: town}
""",
}


# What is misspelt or misplaced, or lacks, and what is then said of it: all at once.
FAULTS = [
    (MODELS, "description:", "descripton:", "Custom key `descripton` found at `models"),
    (MODELS, "data_type:", "datatype:", "`datatype` found at `models[0].columns[0]`"),
    (MODELS, "severity:", "severty:", "unique_clients_client_id: unknown key severty"),
    (MODELS, "materialized:", "contract:", "Duplicate key 'contract'"),
    ("dbt_project.yml", "name:", "models: {+enabeld: 1}\nname:", "`+enabeld` found"),
    (SEEDS, "town", "city", "cities: column city is listed twice"),
    *(
        (SEEDS, "", "", f"{CITIES}: {fault}")
        for fault in ("cities: has no test of its grain",
                      "cities: column zip has no description")
    ),
    ("models/docs.md", "{%", "{% docs other %}Unused.{% enddocs %}{%",
     "models/docs.md: doc block other is not used"),
    *(
        (LOOSE, "", "", f"{LOOSE}: loose: {fault}")
        for fault in ("has no description", "has no enforced contract",
                      "has no test of its grain", "lists no columns")
    ),
]  # fmt: skip


def check(project: Path) -> list[str]:
    script = CHECKOUT / "tools" / "check_property_files.py"
    command = [sys.executable, str(script), str(project)]
    return subprocess.run(command, capture_output=True, text=True).stdout.splitlines()


def test_what_dbt_drops_and_what_lacks_a_description_or_a_test_is_found(tmp_path):
    for name, text in PROJECT.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    for path, old, new, _ in FAULTS:
        text = (tmp_path / path).read_text()
        assert old in text
        (tmp_path / path).write_text(text.replace(old, new, 1))
    findings = check(tmp_path)
    for *_, finding in FAULTS:
        assert any(finding in line for line in findings), (finding, findings)
    # And what dbt itself refuses, in its own words.
    (tmp_path / MODELS).write_text(PROJECT[MODELS].replace("{enforced", "[enforced"))
    assert any("Syntax error" in line for line in check(tmp_path))
