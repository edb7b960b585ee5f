"""A new model is fitted for a reason, and otherwise the published one is kept."""

from dataclasses import replace
from unittest.mock import Mock

import duckdb
import numpy as np
import pandas as pd
import pytest
from planted_data import make_planted_groups, make_settings, make_variables
from segmentation.learning import refitting
from segmentation.learning.fitting import fit_model
from segmentation.learning.model_rows import model_to_rows
from segmentation.learning.refitting import (
    StoredModel,
    decide,
    has_learned_the_same,
    read_stored_model,
)
from sklearn.metrics import adjusted_rand_score

SETTINGS = make_settings()


@pytest.fixture(scope="module")
def sample():
    return make_planted_groups()


@pytest.fixture(scope="module")
def stored(sample):
    return store(sample)


def store(sample, *, settings=SETTINGS):
    model = fit_model(sample, settings=settings)
    rows = model_to_rows(model, reason="first_fit")
    return StoredModel(rows=rows, model=model, fit_id=1, age_days=0.0)


def decided(sample, stored, **changes):
    return decide(sample, variables=make_variables(**changes), stored=stored)


def regrouped(sample):
    """Let the members of every group spread over all of them."""
    moved = sample.copy()
    followers = [name for name in sample if name.startswith("followers_")]
    shuffled = np.random.default_rng(3).permutation(len(sample))
    moved[followers] = sample[followers].to_numpy()[shuffled]
    moved.loc[::2, followers] = moved.loc[::2, followers] * 30
    return moved


def test_without_a_published_model_the_first_is_fitted(sample, stored):
    decision = decided(sample, None)

    assert decision.reason == "first_fit"
    assert decision.model.fingerprint() == stored.model.fingerprint()


@pytest.mark.parametrize(
    ("age_days", "refit", "reason"),
    [(364.9, "auto", None), (365, "auto", "age"), (0, "always", "always")],
)
def test_the_published_model_is_kept_to_the_bit_while_a_fit_learns_the_same(
    sample, stored, age_days, refit, reason
):
    """Or every build under 'always' would number a new fit for nothing."""
    decision = decided(sample, replace(stored, age_days=age_days), refit=refit)

    assert decision.reason == reason
    assert decision.agreement == 1
    assert decision.model is stored.model
    assert decision.rows is stored.rows


def test_a_model_that_has_drifted_is_fitted_anew_once_and_says_why(
    sample, stored, monkeypatch
):
    today, fit = regrouped(sample), Mock(wraps=fit_model)
    monkeypatch.setattr(refitting, "fit_model", fit)

    decision = decided(today, stored)

    assert decision.agreement < 0.8
    assert decision.reason == "drift"
    fit.assert_called_once()
    rows = decision.rows.set_index("parameter")
    assert rows.loc["reason", "text_value"] == "drift"
    assert decided(today, stored, refit_below_ari=0).reason is None


@pytest.mark.parametrize(
    "changes",
    [
        {"n_clusters": 3},
        {"scaling": "robust"},
        {"numeric_features": ["followers_total"]},
        {"categorical_weight": 0.5},
    ],
)
def test_other_variables_ask_for_another_model(sample, stored, changes):
    decision = decided(sample, stored, **changes)

    assert (decision.reason, decision.agreement) == ("variables_changed", None)


def test_never_keeps_an_old_model_that_has_drifted(sample, stored):
    old = replace(stored, age_days=9_999)

    decision = decided(regrouped(sample), old, refit="never")

    assert (decision.reason, decision.agreement) == (None, None)
    assert decision.rows is stored.rows


def test_the_last_published_model_of_the_segmentation_is_read_back(sample, stored):
    ours, other = make_variables(), store(sample, settings=make_settings(n_clusters=2))
    published = [("planted", 1, other), ("planted", 2, stored), ("sales", 3, other)]
    with duckdb.connect() as connection:
        fits = connection.sql(
            "select * from (values"
            " ('planted', 2, timestamp '2026-01-19'), ('planted', 1, '2025-01-01'),"
            " ('sales', 3, '2026-01-20')) as fits (segmentation, fit_id, fitted_at)"
        )
        tables = [
            of_fit.rows.assign(segmentation=name, fit_id=fit_id).astype(object)
            for name, fit_id, of_fit in published
        ]
        parameters = connection.from_df(pd.concat(tables))

        found, nothing = (
            read_stored_model(fits, parameters, variables=variables)
            for variables in (ours, replace(ours, segmentation="purchases"))
        )

    assert found.model.fingerprint() == stored.model.fingerprint()
    assert (found.fit_id, found.age_days) == (2, 12.5)
    assert nothing is None


@pytest.fixture(scope="module")
def stretched():
    """Provide a ring of four heaps that two clusters cut in either direction.

    A little wider than high: cutting it into left and right is a little better.
    """
    heaps = [(x, y) for x in (0, 101) for y in (0, 100)]
    rows = [
        (f"g{group}-{member}", x + member, y + member)
        for group, (x, y) in enumerate(heaps)
        for member in range(8)
    ]
    columns = ["member_id", "followers_facebook", "followers_instagram"]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[1:], float))


TWO = make_settings(
    n_clusters=2,
    numeric_features=("followers_facebook", "followers_instagram"),
    categorical_features=(),
    scaling="none",
)
# Upper and lower, the solution that is a little worse.
ROWS_OF_HEAPS = np.tile(np.repeat([0, 1], 8), 2)


@pytest.mark.parametrize(
    ("stretch", "former", "minimum_gain", "continues"),
    [
        (1, ROWS_OF_HEAPS, 0.05, True),
        # Another solution is preferred that saves enough.
        (1, ROWS_OF_HEAPS, 0.0, False),
        (3, ROWS_OF_HEAPS, 0.05, False),
        # Groups that are not as many cannot be continued.
        (1, np.arange(32) % 3, 0.05, False),
    ],
)
def test_a_refit_continues_the_former_groups_unless_others_save_enough(
    stretched, stretch, former, minimum_gain, continues
):
    wide = stretched.copy()
    wide["followers_facebook"] *= stretch
    fresh = fit_model(wide, settings=TWO)

    model = fit_model(wide, settings=TWO, former=(former, minimum_gain))

    assert (adjusted_rand_score(model.labels, former) == 1) == continues
    assert (model.fingerprint() == fresh.fingerprint()) != continues
    assert fresh.inertia <= model.inertia < fresh.inertia / 0.95


def test_a_model_that_differs_in_its_last_bits_has_learned_the_same(stored):
    """Another processor rounds otherwise, which must not number a new fit."""
    one = stored.model
    rounded = replace(one, centroids=one.centroids * (1 + 1e-14))
    other = replace(one, centroids=one.centroids * (1 + 1e-6))

    assert has_learned_the_same(one, rounded)
    assert not has_learned_the_same(one, other)
