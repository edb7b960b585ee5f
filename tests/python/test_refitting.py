"""A new model is fitted for a reason, and otherwise the published one is kept."""

from dataclasses import replace
from unittest.mock import Mock

import duckdb
import numpy as np
import pandas as pd
import pytest
from planted_data import (
    UPPER_AND_LOWER,
    make_planted_groups,
    make_ring,
    make_sample,
    make_settings,
    make_variables,
)
from segmentation.learning import refitting
from segmentation.learning.fitting import FormerGroups, fit_model
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


@pytest.mark.parametrize("reason", ["age", "drift"])
def test_a_group_that_ends_splits_no_other(sample, stored, reason):
    left = sample[stored.model.labels != stored.model.labels[0]].reset_index(drop=True)
    old = replace(stored, age_days=9_999 if reason == "age" else 0)
    decision = decided(left, old, refit_below_ari=0.8 if reason == "age" else 0.99)
    assert (decision.reason, decision.declined) == (None, reason)
    assert decided(regrouped(left), old).declined is None


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
    published = {
        ("planted", 1, "2025-01-01"): other,
        ("planted", 2, "2026-01-19"): stored,
        ("sales", 3, "2026-01-20"): other,
    }
    columns = ["segmentation", "fit_id", "fitted_at"]
    with duckdb.connect() as connection:
        fits = pd.DataFrame(list(published), columns=columns)
        parameters = pd.concat(
            of_fit.rows.assign(segmentation=name, fit_id=fit_id).astype(object)
            for (name, fit_id, _), of_fit in published.items()
        )
        tables = (
            connection.from_df(fits.astype({"fitted_at": "datetime64[us]"})),
            connection.from_df(parameters),
        )
        found, nothing = (
            read_stored_model(*tables, variables=variables)
            for variables in (ours, replace(ours, segmentation="purchases"))
        )
    assert found.model.fingerprint() == stored.model.fingerprint()
    assert (found.fit_id, found.age_days) == (2, 12.5)
    assert nothing is None


TWO = make_settings(
    n_clusters=2,
    numeric_features=("followers_facebook", "followers_instagram"),
    categorical_features=(),
    scaling="none",
)


@pytest.mark.parametrize(
    ("width", "former", "minimum_gain", "continues"),
    [
        (1, UPPER_AND_LOWER, 0.05, True),
        # Another solution is preferred that saves enough.
        (1, UPPER_AND_LOWER, 0.0, False),
        (3, UPPER_AND_LOWER, 0.05, False),
        # Groups that are not as many cannot be continued.
        (1, np.arange(32) % 3, 0.05, False),
    ],
)
def test_a_refit_continues_the_former_groups_unless_others_save_enough(
    width, former, minimum_gain, continues
):
    counts = make_ring(width=width).T.tolist()
    wide = make_sample(followers_facebook=counts[0], followers_instagram=counts[1])
    fresh = fit_model(wide, settings=TWO)
    model = fit_model(wide, settings=TWO, former=FormerGroups(former, minimum_gain, 5))
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


def test_other_quantiles_are_another_fit(sample):
    """One more member, fewer than a thousand, is one more quantile of each feature."""
    one = store(sample, settings=replace(SETTINGS, scaling="ranks")).model
    first = one.numeric[0]
    changes = [tuple(v + by for v in first.quantiles) for by in (1e-12, 1e-3)]
    others = [
        replace(one, numeric=(replace(first, quantiles=quantiles), *one.numeric[1:]))
        for quantiles in (*changes, first.quantiles[1:])
    ]
    assert [has_learned_the_same(one, other) for other in others] == [
        True,
        False,
        False,
    ]
    assert one.fingerprint() not in [other.fingerprint() for other in others]
