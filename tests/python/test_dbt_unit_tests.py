"""dbt's unit tests pass; a plain build leaves them out, because they prove no data."""

import json

from dbt_project import DbtProject


def results(project: DbtProject) -> set[str]:
    """Name everything that the last command ran."""
    run = (project.folder / "target" / "run_results.json").read_text("utf-8")
    return {result["unique_id"] for result in json.loads(run)["results"]}


def test_every_unit_test_passes_and_a_build_has_run_none(project):
    built = results(project)
    assert not any(name.startswith("unit_test.") for name in built)
    project.succeed("test", "--select", "test_type:unit")
    manifest = (project.folder / "target" / "manifest.json").read_text("utf-8")
    unit_tests = json.loads(manifest)["unit_tests"].keys()
    assert unit_tests
    assert unit_tests <= results(project)
