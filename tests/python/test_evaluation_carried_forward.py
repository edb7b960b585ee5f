"""An evaluation is made anew for a reason, and otherwise the published one is kept."""

import duckdb
import pytest
from planted_data import Publication, make_planted_groups
from segmentation.evaluation import cluster_counts, stability

# A figure that no evaluation makes, to know the published ones by.
MARK = ("approach", "marked", "mark", 7.0, None)


@pytest.fixture
def publication(monkeypatch):
    monkeypatch.setattr(cluster_counts, "LARGEST_COUNT", 3)
    monkeypatch.setattr(stability, "BOOTSTRAP_COUNT", 3)
    with duckdb.connect() as connection:
        publication = Publication(connection, n_init=2)
        publication.fit(make_planted_groups(members=12))
        yield publication


@pytest.fixture
def published(publication):
    """Provide the figures of an evaluation, published with a mark."""
    figures = [*publication.evaluate(), MARK]
    publication.publish(fitted_at="2026-01-31", evaluation=figures)
    return publication, figures


def test_every_section_has_its_figures(publication):
    rows = publication.evaluate()

    figures = {
        (section, subject, name): value for section, subject, name, value, _ in rows
    }
    assert len(figures) == len(rows)
    assert figures["cluster_count", "4", "smallest_cluster_size"] == 12
    assert figures["stability", "3", "mean_jaccard"] == 1
    assert figures["approach", "report_recipe", "is_active"] == 1
    texts = {row[:3]: row[4] for row in rows if row[4] is not None}
    assert texts["run", "evaluated_at", "evaluated_at"] == "2026-01-31T12:00:00"
    assert texts["approach", "ward", "cluster_sizes"] == "12, 12, 12, 12"
    assert publication.evaluate() == rows


def test_a_young_evaluation_of_the_same_model_is_emitted_again(published):
    publication, figures = published

    rows = publication.evaluate(as_of="2026-03-02T11:59:59")

    assert sorted(map(repr, rows)) == sorted(map(repr, figures))


@pytest.mark.parametrize(
    "changes",
    [
        {"as_of": "2026-03-02T12:00:00"},
        {"evaluate_after_days": 0},
        {"evaluation_sample_size": 40},
        {"robust_recipe": {"scaling": "robust"}},
        # Nothing but the model.
        {},
    ],
)
def test_an_old_evaluation_or_other_variables_or_model_ask_for_another(
    published, changes
):
    publication, _ = published
    if not changes:
        publication.connection.execute("update fits set fingerprint = 'another'")

    rows = publication.evaluate(**changes)

    assert MARK not in rows
    assert len(rows) > 50


def test_nobody_is_looked_at_when_switched_off_or_when_the_fit_is_empty(published):
    publication, _ = published

    assert publication.evaluate(evaluate=False) == []
    publication.connection.execute("delete from fit")
    assert publication.evaluate() == []
