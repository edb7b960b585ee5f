"""What the README and the guides in docs/ show is what the project does."""

import re
import shlex
import shutil

import pytest
import yaml
from conftest import MESSY_AGENCY
from project_copies import CHECKOUT
from segmentation.builds.build_summary import summarise

DOCUMENTS = {
    path.name: path.read_text(encoding="utf-8")
    for path in [CHECKOUT / "README.md", *sorted((CHECKOUT / "docs").glob("*.md"))]
}
README = DOCUMENTS["README.md"]
ALL = "\n".join(DOCUMENTS.values())
# Each line of the consoles, by how a test runs it.
ON_THE_DEMONSTRATION = [
    "PYTHONPATH=python_models PATH=.venv/bin:$PATH python -m segmentation.build",
    "make rollback",
    "make rollback TO=3",
    "dbt run --vars '{n_clusters: 5, scaling: robust}'",
]
ON_FILES = [
    "RAW_DATA_DIR=path/to/export PUBLISH_DIR=path/to/publication"
    " make check-data VARS='raw_source: files'",
    "RAW_DATA_DIR=path/to/export PUBLISH_DIR=path/to/publication"
    " dbt build --vars 'raw_source: files'",
    "RAW_DATA_DIR=path/to/export dbt source freshness --vars 'raw_source: files'",
]


def blocks(language: str, text: str = ALL) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.M | re.S)


def test_every_command_is_of_a_target_and_of_variables_that_there_are():
    """Those that change something are run below, by name in other tests, and in CI."""
    makefile = (CHECKOUT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"(?:^|`|\s)make ([a-z]+-?[a-z]+)[`\n]", ALL):
        assert re.search(rf"^{target}:", makefile, flags=re.M), target
    lines = {line for block in blocks("console") for line in block.splitlines()}
    assert {*ON_THE_DEMONSTRATION, *ON_FILES} <= lines
    known = yaml.safe_load((CHECKOUT / "dbt_project.yml").read_text("utf-8"))["vars"]
    for line in lines:
        if "--vars" in line:
            words = shlex.split(line)
            variables = yaml.safe_load(words[words.index("--vars") + 1])
            assert variables.keys() <= known.keys(), line


@pytest.mark.nightly
def test_the_commands_on_the_demonstration_data_work(clients_project):
    project = clients_project
    first = project.published.read_bytes()
    build, back, back_to, run = ON_THE_DEMONSTRATION
    assert "Published" in project.shell(build)
    second = project.published.read_bytes()
    assert "Publication 1 is in place" in project.shell(back)
    assert project.published.read_bytes() == first
    assert "Publication 2 is in place" in project.shell(back_to.replace("3", "2"))
    assert "and this was 'dbt run'" in project.shell(run)
    assert project.published.read_bytes() == second
    assert project.rows(
        "select count(*) from marts.cluster_profiles", database=project.build_database
    ) == [(5,)]


@pytest.mark.nightly
def test_the_commands_on_own_files_work(project):
    shutil.copytree(MESSY_AGENCY, project.folder / "path" / "to" / "export")
    check, build, freshness = ON_FILES
    assert "enterprises" in project.shell(f"{check} || true")
    project.shell(build)
    publication = project.folder / "path/to/publication/segmentation.duckdb"
    assert project.rows("select raw_source from publication", database=publication) == [
        ("files",)
    ]
    assert "freshness" in project.shell(f"{freshness} || true")


@pytest.mark.parametrize("query", blocks("sql", ALL.split("# Add a segmentation")[0]))
def test_every_query_runs_and_finds_something(built, query):
    assert built.rows(query.rstrip().rstrip(";"))


def test_the_result_is_the_one_that_the_build_prints(built):
    shown = blocks("text", README)[0].strip()
    printed = summarise(built.published.parent).strip()
    assert printed.startswith(shown)


def test_the_tree_and_the_documents_name_only_what_is_there():
    tree = blocks("text", README)[1]
    named = re.findall(r"^(\S+)  +\S", tree, flags=re.M)
    others = [
        (CHECKOUT / n).read_text("utf-8") for n in ("DECISIONS.md", "CHANGELOG.md")
    ]
    others += [DOCUMENTS[name] for name in DOCUMENTS if name != "segmentations.md"]
    named += re.findall(r"`([a-z][\w-]*/[\w./-]*)`", "\n".join(others))
    named += re.findall(r"\]\((?:\.\./)?([a-z][\w./-]+)\)", "\n".join(others))
    # What a build makes, and a file of Superset's.
    made = ("build/", "published/", "target/", "logs/", "exports/", "charts/", "kept/")
    folders = [CHECKOUT, CHECKOUT / "docs", CHECKOUT / "python_models/segmentation"]
    missing = {path for path in named if not any((f / path).exists() for f in folders)}
    missing -= {path for path in missing if path.startswith(made)}
    assert missing == {"models/core.py"}


OF_VISIBILITY = "where segmentation = 'visibility'"


@pytest.mark.parametrize(
    ("query", "found", "told"),
    [
        (f"round(silhouette, 2) from segmentation_fits {OF_VISIBILITY}", [0.2],
         "silhouette of the demonstration fit is 0.20"),
        ("round(min(assignment_margin), 2) from enterprise_segments", [0.05],
         "an `assignment_margin` of 0.05"),
        ("subject from feature_checks where check_name = 'imputed_rank_share'"
         " and value > 0.7 order by all", ["followers_facebook", "followers_total"],
         "on Facebook and in the total larger than seven counts in ten"),
        (f"min(recovered_share) >= 0.9 from cluster_stability {OF_VISIBILITY}", [True],
         "again in nine of ten bootstrap samples or more"),
        (f"distinct concat(giant_count, verdict) from cluster_count_evaluation"
         f" {OF_VISIBILITY}", ["3not_above_chance"],
         "Without the three giants no number of clusters is clearly better"),
        ("approach from clustering_comparison where is_favoured", ["robust_recipe"],
         "On the demonstration data they favour the robust recipe"),
    ],
)  # fmt: skip
def test_the_figures_on_trust_are_the_ones_of_the_marts(built, query, found, told):
    assert [value for (value,) in built.rows(f"select {query}")] == found
    assert told in " ".join(DOCUMENTS["trust.md"].split())


def test_every_published_table_is_in_a_table_of_questions(built):
    rows = re.findall(
        r"^\| (`\w+`(?:, `\w+`)*) \| .+? \| .+?\? \|$",
        README + DOCUMENTS["tables.md"],
        flags=re.M,
    )
    listed = [name for names in rows for name in re.findall(r"\w+", names)]
    assert sorted(listed) == sorted(built.marts())
