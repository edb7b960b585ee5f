"""The check of the structure, each rule on a tiny tree."""

import check_structure
import pytest

FITS = "models/engine/fits.sql"
TREE = {
    "dbt_project.yml": """\
vars:
  segmentations:
    visibility: {features: clients, key: client_id, members: client_segments}
    sales: {features: accounts, key: account_id, members: account_segments}
""",
    "python_models/visibility_fit.py": "fit('visibility', ref('visibility_sample'))",
    "python_models/sales_fit.py": "fit('sales', ref('sales_sample'))",
    "models/segmentations/visibility/visibility_sample.sql": (
        "select client_id from clients"
    ),
    "models/segmentations/sales/sales_sample.sql": "select account_id from accounts",
    FITS: """\
with

fits as (select * from {{ ref('fits') }}), -- select * of it

counted as (select fit_id, 2 * 3 as six, count(*) as "all" from fits)

select * from counted
""",
    "python_models/segmentation/learning/fit.py": "encoder.categories_  # categorical",
}


@pytest.fixture(autouse=True)
def tree(tmp_path, monkeypatch):
    for folder in check_structure.ENGINE_FOLDERS:
        (tmp_path / folder).mkdir(parents=True)
    for name, text in TREE.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("text", ["per_city", "CategoryWeight", "MIN_TURNOVER"])
def test_a_business_word_in_the_engine_is_found_and_a_folder_that_is_gone(tree, text):
    (tree / "models" / "engine" / "docs.md").write_text(f"velocity\n{text}")
    (tree / "macros" / "engine").rmdir()
    word, folder = check_structure.check_business_words()
    assert word.startswith("models/engine/docs.md:2: `")
    assert folder.startswith("macros/engine: no such folder")


def test_a_thin_file_that_differs_or_is_alone_is_found(tree):
    (tree / "python_models" / "sales_fit.py").write_text("fit('sales', sample=None)")
    (tree / "python_models" / "sales_evaluation.py").write_text("")
    assert list(check_structure.check_thin_files()) == [
        "python_models/<name>_evaluation.py: is of visibility or of sales only",
        "python_models/<name>_fit.py: differs between visibility and sales",
    ]


@pytest.mark.parametrize(
    "text",
    ["a as (select *, 1 from b) select c from a", "select sum(a) over () from b"],
)
def test_a_star_in_mid_query_and_a_window_over_everything_are_found(tree, text):
    (tree / "models" / "engine" / "fits.sql").write_text(text + TREE[FITS])
    (finding,) = check_structure.check_queries()
    assert finding.startswith("models/engine/fits.sql: ")
