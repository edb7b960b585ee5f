"""A segmentation is added as docs/segmentations.md describes, without the engine."""

import re
import subprocess
from pathlib import Path

import pytest
from project_copies import CHECKOUT

GUIDE = (CHECKOUT / "docs" / "segmentations.md").read_text(encoding="utf-8")
ENGINE = ("models/engine", "macros", "python_models/segmentation")
CONTRACT = """\
models:
  - name: {name}
    description: One row per enterprise.
    config: {{contract: {{enforced: true}}}}
    constraints: [{{type: primary_key, columns: [enterprise_id]}}]
    columns:
"""
# Of columns that are no string.
TYPES = {
    "age_days": "double",
    "turnover_eur": "double",
    "is_set_by_hand": "boolean",
    "assignment_margin": "double",
}
FEATURES = ["enterprise_id", "age_days", "turnover_eur", "city_name"]
MEMBERS = [
    *("enterprise_id", "age_days", "turnover_eur", "segment_key", "segment_name"),
    *("model_segment_key", "is_set_by_hand", "assignment_margin"),
    *("explanation_fr", "explanation_en"),
]
STACKED = [
    *("segment_overview", "segment_changes", "segment_events", "cluster_mix"),
    *("cluster_measures", "cluster_features", "cluster_count_evaluation"),
    *("cluster_stability", "clustering_comparison", "feature_checks", "charts"),
    *("model_freshness", "projection_loadings", "segmentation_fits"),
]
NAME = "seniority,{},,1,,,Anciens,Old hands,Les anciens.,The old.,Garder.,Keep."


def follow_the_guide(folder: Path) -> None:
    """Do what each step of docs/segmentations.md says."""
    features, mart = re.findall(r"```sql\n(.*?)```", GUIDE, flags=re.S)
    (entry,) = re.findall(r"```yaml\n(.*?)```", GUIDE, flags=re.S)
    (commands,) = re.findall(r"```console\n(.*?)```", GUIDE, flags=re.S)
    for path, sql, columns in (
        ("models/features/seniority_features", features, FEATURES),
        ("models/marts/seniority_segments", mart, MEMBERS),
    ):
        name = Path(path).name
        listed = "".join(
            f"      - {{name: {column}, data_type: {TYPES.get(column, 'string')}}}\n"
            for column in columns
        )
        (folder / f"{path}.sql").write_text(sql, encoding="utf-8")
        properties = folder / Path(path).parent / f"_{name}__models.yml"
        properties.write_text(CONTRACT.format(name=name) + listed, encoding="utf-8")
    project_file = folder / "dbt_project.yml"
    text = project_file.read_text(encoding="utf-8")
    before, after = text.split("  segmentations:\n", maxsplit=1)
    project_file.write_text(
        f"{before}  segmentations:\n{entry}{after}", encoding="utf-8"
    )
    subprocess.run(["bash", "-ec", commands], cwd=folder, check=True)
    with (folder / "seeds/reference/measure_texts.csv").open("a") as labels:
        labels.write("seniority,age_days,days,Ancienneté (jours),Age (days),Age,Age\n")


@pytest.mark.slow
def test_a_segmentation_is_added_by_the_guide_alone(clients_project):
    project = clients_project
    engine = {
        path: path.read_bytes()
        for part in ENGINE
        for path in (project.folder / part).rglob("*.*")
        if path.suffix in (".sql", ".py", ".yml")
    }
    enterprises = "select * from enterprise_segments order by all"
    of_visibility = project.rows(enterprises)
    follow_the_guide(project.folder)
    project.succeed("build")
    assert {path: path.read_bytes() for path in engine} == engine
    assert project.rows(enterprises) == of_visibility
    for table in STACKED:
        found = project.rows(f"select distinct segmentation from {table} order by all")
        assert ("seniority",) in found, table
    explained = project.rows(
        "select count(*), count(explanation_fr), count(distinct segment_key)"
        " from seniority_segments"
    )
    assert explained == [(421, 421, 3)]
    page = (project.published.parent / "segments.html").read_text(encoding="utf-8")
    assert "Ancienneté (jours)" in page

    placed = "select enterprise_id, segment_key from seniority_segments"
    keys = dict(project.rows(placed))
    named = sorted(set(keys.values()))[0]
    with (project.folder / "seeds/reference/segments.csv").open("a") as segments:
        segments.write(NAME.format(named) + "\n")
    project.succeed("build", refit="always", n_init="3", evaluate="false")
    assert dict(project.rows(placed)) == keys
    assert project.rows(
        "select segment_name_fr from segment_overview"
        f" where segmentation = 'seniority' and segment_key = '{named}'"
    ) == [("Anciens",)]
    assert project.rows(
        "select segmentation, max(fit_id) from segmentation_fits group by all"
        " order by all"
    ) == [("seniority", 2), ("visibility", 2)]
    assert project.rows(
        "select distinct event_type from segment_events"
        " where segmentation = 'seniority' and fit_id = 2"
    ) == [("kept",)]
