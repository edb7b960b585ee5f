"""A new model is fitted for a reason, and otherwise the published one is kept."""

from dataclasses import replace

import duckdb
import numpy as np
import pandas as pd
import pytest
from planted_data import load_enterprises, make_planted_groups, make_settings
from segmentation.errors import SegmentationError
from segmentation.learning.fitting import FormerGroups, fit_model, fit_pipeline
from segmentation.learning.model_rows import model_to_rows
from segmentation.learning.refitting import (
    RefitPolicy,
    StoredModel,
    assess,
    choose_model_rows,
    has_learned_the_same,
    label_sample,
    measure_agreement,
    read_stored_model,
)
from segmentation.learning.sampling import read_fit_sample
from sklearn.metrics import adjusted_rand_score

SETTINGS = make_settings()


@pytest.fixture(scope="module")
def sample():
    with duckdb.connect() as connection:
        features = load_enterprises(connection, make_planted_groups())
        return read_fit_sample(features, settings=SETTINGS)


@pytest.fixture(scope="module")
def stored(sample):
    return store(sample)


def store(sample, *, age_days=0.0, settings=SETTINGS):
    model = fit_model(sample, settings=settings)
    return StoredModel(
        rows=model_to_rows(model, reason="first_fit"), model=model, age_days=age_days
    )


def policy(**changes):
    values = {
        "refit": "auto",
        "refit_after_days": 365,
        "refit_below_ari": 0.8,
        "refit_minimum_gain": 0.05,
    }
    return RefitPolicy.from_variables(**(values | changes))


def decide(sample, stored, *, settings=SETTINGS, **changes):
    return assess(sample, settings=settings, policy=policy(**changes), stored=stored)


def regrouped(sample):
    """Let the members of every group spread over all of them."""
    moved = sample.copy()
    followers = [name for name in sample if name.startswith("followers_")]
    shuffled = np.random.default_rng(3).permutation(len(sample))
    moved[followers] = sample[followers].to_numpy()[shuffled]
    moved.loc[::2, followers] = moved.loc[::2, followers] * 30
    return moved


def test_without_a_published_model_the_first_is_fitted(sample):
    assessment = decide(sample, None)

    assert (assessment.is_refit, assessment.reason) == (True, "first_fit")


def test_the_published_model_is_kept_while_nothing_speaks_against_it(sample, stored):
    assessment = decide(sample, stored)

    assert (assessment.is_refit, assessment.reason) == (False, None)
    assert assessment.agreement == 1


@pytest.mark.parametrize(("age_days", "is_refit"), [(364.9, False), (365, True)])
def test_a_model_is_fitted_anew_when_it_is_too_old(sample, stored, age_days, is_refit):
    old = StoredModel(rows=stored.rows, model=stored.model, age_days=age_days)

    assessment = decide(sample, old)

    assert assessment.is_refit == is_refit
    assert assessment.reason == ("age" if is_refit else None)


def test_a_model_is_fitted_anew_when_it_has_drifted(sample, stored):
    today = regrouped(sample)

    assessment = decide(today, stored)

    assert assessment.agreement < 0.8
    assert (assessment.is_refit, assessment.reason) == (True, "drift")
    assert not decide(today, stored, refit_below_ari=0).is_refit


@pytest.mark.parametrize(
    "changes",
    [
        {"n_clusters": 3},
        {"scaling": "robust"},
        {"numeric_features": ("followers_total",)},
        {"category_weight": 0.5},
    ],
)
def test_other_variables_ask_for_another_model(sample, stored, changes):
    assessment = decide(sample, stored, settings=make_settings(**changes))

    assert (assessment.is_refit, assessment.reason) == (True, "variables_changed")


def test_always_fits_and_says_so(sample, stored):
    assessment = decide(sample, stored, refit="always")

    assert (assessment.is_refit, assessment.reason) == (True, "always")


def test_never_keeps_an_old_model_that_has_drifted(sample, stored):
    old = StoredModel(rows=stored.rows, model=stored.model, age_days=9_999)

    assessment = decide(regrouped(sample), old, refit="never")

    assert (assessment.is_refit, assessment.agreement) == (False, None)


def test_never_refuses_variables_that_contradict_the_model_and_names_both(
    sample, stored
):
    settings = make_settings(n_clusters=5, categorical_features=("city_name",))

    with pytest.raises(SegmentationError) as refusal:
        decide(sample, stored, settings=settings, refit="never")

    assert "Now: categorical_features city_name; n_clusters 5." in str(refusal.value)
    assert "Published model: categorical_features category_name; n_clusters 4." in str(
        refusal.value
    )


def test_never_refuses_to_fit_a_first_model(sample):
    with pytest.raises(SegmentationError, match="holds no model yet"):
        decide(sample, None, refit="never")


def test_a_kept_model_is_emitted_to_the_bit(sample, stored):
    rows = choose_model_rows(
        regrouped(sample),
        settings=SETTINGS,
        minimum_gain=0.05,
        assessment=decide(sample, stored),
        stored=stored,
    )

    assert rows.equals(stored.rows)


def test_a_fit_that_learns_the_same_again_is_the_published_one(sample, stored):
    """Or every build under 'always' would number a new fit for nothing."""
    rows = choose_model_rows(
        sample,
        settings=SETTINGS,
        minimum_gain=0.05,
        assessment=decide(sample, stored, refit="always"),
        stored=stored,
    )

    assert rows.equals(stored.rows)


def test_a_new_model_says_why_it_was_fitted(sample, stored):
    today = regrouped(sample)

    rows = choose_model_rows(
        today,
        settings=SETTINGS,
        minimum_gain=0.05,
        assessment=decide(today, stored),
        stored=stored,
    ).set_index("parameter")

    assert rows.loc["reason", "text_value"] == "drift"


def test_the_published_model_is_read_back_from_the_rows_of_its_fit(sample, stored):
    other = store(sample, settings=make_settings(n_clusters=2))
    with duckdb.connect() as connection:
        parameters = connection.from_df(
            other.rows.assign(fit_id=1).astype(object)
        ).union(connection.from_df(stored.rows.assign(fit_id=2).astype(object)))
        last_fit = connection.sql("select 2 as fit_id, 12.5 as age_days").df()

        found = read_stored_model(last_fit, parameters)

    assert found.model.fingerprint() == stored.model.fingerprint()
    assert found.age_days == 12.5


def test_agreement_is_the_rand_index_of_the_labels(sample, stored):
    halves = make_settings(n_clusters=2)
    labels = [
        fit_pipeline(sample, settings=settings)[0].named_steps["clusters"].labels_
        for settings in (SETTINGS, halves)
    ]

    agreement = measure_agreement(
        sample, stored.model, fit_model(sample, settings=halves)
    )

    assert 0 < agreement < 1
    assert agreement == pytest.approx(adjusted_rand_score(*labels))


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
    columns = ["enterprise_id", "followers_facebook", "followers_instagram"]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[1:], float))


TWO = make_settings(
    n_clusters=2,
    numeric_features=("followers_facebook", "followers_instagram"),
    categorical_features=(),
    scaling="none",
)
# Upper and lower, the solution that is a little worse.
ROWS_OF_HEAPS = np.tile(np.repeat([0, 1], 8), 2)


@pytest.mark.parametrize(("minimum_gain", "continues"), [(0.05, True), (0.0, False)])
def test_a_refit_continues_the_former_groups_unless_others_save_enough(
    stretched, minimum_gain, continues
):
    former = FormerGroups(labels=ROWS_OF_HEAPS, minimum_gain=minimum_gain)

    model = fit_model(stretched, settings=TWO, former=former)

    labels = label_sample(stretched, model)
    assert (adjusted_rand_score(labels, ROWS_OF_HEAPS) == 1) == continues
    fresh = fit_model(stretched, settings=TWO)
    assert fresh.inertia <= model.inertia < fresh.inertia / 0.95


def test_a_solution_that_saves_enough_is_taken(stretched):
    wide = stretched.assign(followers_facebook=stretched["followers_facebook"] * 3)
    former = FormerGroups(labels=ROWS_OF_HEAPS, minimum_gain=0.05)

    model = fit_model(wide, settings=TWO, former=former)

    assert adjusted_rand_score(label_sample(wide, model), ROWS_OF_HEAPS) < 0.1


def test_former_groups_that_are_not_as_many_are_not_continued(stretched):
    three = FormerGroups(labels=np.arange(32) % 3, minimum_gain=0.05)

    found = fit_model(stretched, settings=TWO, former=three)

    assert found.fingerprint() == fit_model(stretched, settings=TWO).fingerprint()


def test_a_model_that_differs_in_its_last_bits_has_learned_the_same(stored):
    """Another processor rounds otherwise, which must not number a new fit."""
    one = stored.model
    rounded = replace(one, centroids=one.centroids * (1 + 1e-14))
    other = replace(one, centroids=one.centroids * (1 + 1e-6))

    assert has_learned_the_same(one, rounded)
    assert not has_learned_the_same(one, other)


def test_a_sample_that_is_kept_sparse_is_labelled_alike(sample, stored, monkeypatch):
    """Many categories make a dense table too large, and no label another."""
    dense = label_sample(sample, stored.model)
    monkeypatch.setattr("segmentation.learning.fitted_space.DENSE_CELL_LIMIT", 0)

    assert label_sample(sample, stored.model).tolist() == dense.tolist()
