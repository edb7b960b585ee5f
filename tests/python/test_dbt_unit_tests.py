"""dbt's unit tests pass; a plain build leaves them out, because they prove no data."""

import json


def test_every_unit_test_passes_and_a_build_has_run_none(built, tmp_path):
    # With the variables of its build, so that dbt need not parse everything again.
    project = built.copied_to(tmp_path / "project")
    assert not {name for name in results_of(project) if name.startswith("unit_test.")}
    project.succeed("test", "--select", "test_type:unit")
    manifest = (project.folder / "target" / "manifest.json").read_text("utf-8")
    unit_tests = json.loads(manifest)["unit_tests"].keys()
    assert unit_tests
    assert unit_tests <= results_of(project)


def results_of(project):
    """Name everything that the last command ran."""
    run = (project.folder / "target" / "run_results.json").read_text("utf-8")
    return {result["unique_id"] for result in json.loads(run)["results"]}
