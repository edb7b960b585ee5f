"""One Python model says all about the fit of a segmentation, in long rows."""

import duckdb
import pytest
from planted_data import Publication, make_planted_groups
from segmentation.errors import SegmentationError
from segmentation.learning.emitting import COLUMN_TYPES


@pytest.fixture
def publication():
    with duckdb.connect() as connection:
        yield Publication(connection)


def decision(table):
    rows = table.filter("section = 'decision'").project("parameter, value, text_value")
    return {
        name: value if text is None else text for name, value, text in rows.fetchall()
    }


def without_decision(table):
    return sorted(map(repr, table.filter("section <> 'decision'").fetchall()))


def test_a_first_fit_emits_every_section_and_the_same_of_shuffled_rows(publication):
    sample = make_planted_groups()

    table = publication.fit(sample)

    assert table.columns == list(COLUMN_TYPES)
    counts = table.aggregate(
        "section, count(*), min(row_number), max(row_number),"
        " count(distinct row_number)"
    ).fetchall()
    sections = {"decision", "model", "projection", "check", "label"}
    assert {section for section, *_ in counts} == sections
    for section, count, *numbers in counts:
        assert numbers == [1, count, count], section
    assert decision(table) == {"is_refit": 1, "reason": "first_fit", "agreement": None}
    labels = table.filter("section = 'label'").project("text_value, cluster_id")
    pairs = labels.fetchall()
    assert len(pairs) == 100
    assert len({(key[:2], cluster) for key, cluster in pairs}) == 4
    one = without_decision(table)
    shuffled = sample.sample(frac=1, random_state=1)
    assert without_decision(publication.fit(shuffled)) == one


def test_a_kept_model_emits_the_published_rows_and_map_and_labels_today(publication):
    sample = make_planted_groups()
    before = without_decision(publication.fit(sample))
    publication.publish(fitted_at="2026-01-01")

    kept = publication.fit(sample)

    assert decision(kept) == {"is_refit": 0, "reason": None, "agreement": 1}
    assert without_decision(kept) == before
    moved = publication.fit(sample.replace({"member_id": {"g0-000": "g9-000"}}))
    labelled = moved.filter("text_value = 'g9-000'").project("cluster_id").fetchall()
    assert len(labelled) == 1


def test_an_empty_sample_gives_no_row(publication):
    """`dbt build --empty` must make the same table as any other run."""
    assert publication.fit(make_planted_groups().head(0)).fetchall() == []


def test_a_refusal_names_the_segmentation(publication):
    with pytest.raises(SegmentationError, match="Segmentation 'planted': The members"):
        publication.fit(make_planted_groups().iloc[[0] * 9])
