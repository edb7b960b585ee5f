"""What the README shows is what the project does."""

import re
from pathlib import Path

import pytest
import yaml
from conftest import CHECKOUT
from dbt_project import DbtProject
from segmentation.builds.build_summary import summarise

README = (CHECKOUT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, flags=re.M | re.S)


@pytest.mark.parametrize("query", blocks("sql"))
def test_every_query_runs_and_finds_something(built: DbtProject, query: str) -> None:
    assert built.rows(query.rstrip().rstrip(";"))


def test_the_result_is_the_one_that_the_build_prints(built: DbtProject) -> None:
    shown = blocks("text")[0].strip()
    printed = summarise(built.published.parent).strip()
    assert shown == printed.replace(str(built.folder) + "/", "")


def test_the_tree_lists_what_is_there() -> None:
    listed = re.findall(r"^(\S+)  +\S", blocks("text")[1], flags=re.M)
    assert [path for path in listed if not (CHECKOUT / path).exists()] == []


def test_every_make_command_exists() -> None:
    makefile = (CHECKOUT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"(?:^|`)make ([a-z-]+)", README, flags=re.M):
        assert re.search(rf"^{target}:", makefile, flags=re.M), target


def test_the_command_for_own_files_works(files_project: DbtProject) -> None:
    command = next(line for line in blocks("console") if "RAW_DATA_DIR" in line)
    assert command.startswith("RAW_DATA_DIR=path/to/export PUBLISH_DIR=")
    assert command.rstrip().endswith("dbt build --vars 'raw_source: files'")
    build = files_project.dbt("build", raw_source="files", PUBLISH_DIR="elsewhere")
    assert build.returncode == 0, build.stdout
    assert (files_project.folder / "elsewhere" / "segmentation.duckdb").exists()


def test_the_command_for_trying_variables_leaves_the_publication_alone(
    project: DbtProject,
) -> None:
    assert "dbt run --vars '{n_clusters: 5, scaling: robust}'" in README
    before = project.published.read_bytes()
    command = project.dbt("run", n_clusters="5", scaling="robust")
    assert command.returncode == 0, command.stdout
    assert project.published.read_bytes() == before


def test_the_silhouette_is_the_one_of_the_fit(built: DbtProject) -> None:
    ((silhouette,),) = built.rows("select silhouette from segmentation_fits")
    assert f"silhouette of the demonstration fit is {silhouette:.2f}" in README


def test_the_smallest_margin_is_the_one_of_the_marts(built: DbtProject) -> None:
    ((margin,),) = built.rows("select min(assignment_margin) from enterprise_segments")
    assert f"`assignment_margin` of {margin:.2f}" in README.replace("\n", " ")


def test_the_figures_on_trust_are_the_ones_of_the_marts(built: DbtProject) -> None:
    text = " ".join(README.split())
    assert "on Facebook and in the total larger than seven counts in ten" in text
    imputed = built.rows(
        "select subject from feature_checks"
        " where check_name = 'imputed_rank_share' and value > 0.7 order by subject"
    )
    assert imputed == [("followers_facebook",), ("followers_total",)]
    assert "every segment is found again in nine of ten bootstrap samples" in text
    ((recovered,),) = built.rows("select min(recovered_share) from cluster_stability")
    assert recovered >= 0.9
    assert "every number of clusters that does beat them has one of a handful" in text
    verdicts = built.rows("select distinct verdict from cluster_count_evaluation")
    assert sorted(verdicts) == [("cluster_too_small",), ("not_above_chance",)]


def test_every_published_table_is_in_the_table_of_questions(built: DbtProject) -> None:
    listed = re.findall(r"^\| `(\w+)` \|", README, flags=re.M)
    assert sorted(listed) == sorted(built.marts())


def test_each_mart_is_asked_what_its_description_says_first() -> None:
    asked = dict(re.findall(r"^\| `(\w+)` \| .+? \| (.+?) \|$", README, flags=re.M))
    path = CHECKOUT / "models" / "marts" / "_marts__models.yml"
    models = yaml.safe_load(path.read_text(encoding="utf-8"))["models"]
    described = {
        model["name"]: model["config"]["meta"]["questions"][0] for model in models
    }
    # The one published table that is no model: publishing writes it.
    del asked["publication"]
    assert asked == described


def test_documents_name_no_file_that_is_missing() -> None:
    for name in ("README.md", "DECISIONS.md", "CHANGELOG.md"):
        text = (CHECKOUT / name).read_text(encoding="utf-8")
        for path in re.findall(r"`([a-z][\w-]*/[\w./-]*)`", text):
            if not path.startswith(("build/", "published/", "target/")):
                assert Path(CHECKOUT / path).exists(), f"{name} names {path}"
