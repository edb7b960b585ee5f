"""What the published model does not describe is counted, judged and tried."""

from dataclasses import replace

import numpy as np
import pytest
from planted_data import make_sample, make_settings, make_variables
from segmentation.learning.fitting import fit_model
from segmentation.learning.model_rows import model_from_rows, model_to_rows
from segmentation.learning.novelty import find_undescribed, measure_novelty
from segmentation.learning.refitting import StoredModel, decide

CENTRES = 8 * np.eye(5)
RECIPE = {
    "numeric_features": list("abcde"),
    "categorical_features": ["trade"],
    "scaling": "none",
}
SETTINGS = make_settings(**RECIPE)


def draw(counts, *, seed, trade="known"):
    """Draw members around centres that are all as far apart, with a trade."""
    random = np.random.default_rng(seed)
    groups = np.repeat(np.arange(len(counts)), counts)
    points = CENTRES[groups] + random.normal(size=(len(groups), 5))
    columns = dict(zip("abcde", points.T.tolist(), strict=True))
    return make_sample(**columns, trade=[trade] * len(groups))


@pytest.fixture(scope="module")
def model():
    return fit_model(draw([100] * 4, seed=1), settings=SETTINGS)


def measured(sample, model, **options):
    rows = measure_novelty(sample, model=model, **options)
    assert rows["value"].dtype == float
    return rows.set_index("parameter")["value"].to_dict()


def test_a_new_group_is_noticed_and_a_calm_month_is_not(model):
    """At least 9 times in 10, and at most 1 false alarm in 100."""
    calm = [measured(draw([100] * 4, seed=seed), model) for seed in range(100, 200)]
    new = [measured(draw([100] * 5, seed=seed), model) for seed in range(20)]
    assert sum(figures["is_alarm"] for figures in calm) <= 1
    assert sum(figures["is_alarm"] for figures in new) >= 18
    assert all("saved_by_one_more" not in f for f in calm if not f["is_alarm"])
    assert {figures["smallest_of_one_more"] for figures in new} == {100}
    assert min(figures["saved_by_one_more"] for figures in new) > 0.5


@pytest.mark.parametrize("age_days", [0, 9_999])
def test_a_new_group_merges_no_others(model, age_days):
    rows = model_to_rows(model, reason="first_fit")
    stored = StoredModel(rows=rows, model=model, fit_id=1, age_days=age_days)
    variables = make_variables(**RECIPE, refit_below_ari=0.95)
    today = draw([100] * 5, seed=3)
    decision = decide(today, variables=variables, stored=stored)
    assert decision.declined == ("age" if age_days else "drift")
    assert decision.model is model
    # Where the others have moved as well, there is more to it than one group more.
    old = today.index[:400]
    shuffled = today.loc[old, ["a", "b"]].sample(frac=1, random_state=1)
    today.loc[old, ["a", "b"]] = shuffled.to_numpy()
    decision = decide(today, variables=variables, stored=stored)
    assert decision.reason == ("age" if age_days else "drift")


def test_a_few_giants_are_no_new_group(model):
    """All of a small group may lie far from its centroid, and is one of before."""
    before = draw([150, 150, 97, 3], seed=1)
    of_giants = fit_model(before, settings=SETTINGS)
    rows = model_to_rows(of_giants, reason="first_fit")
    stored = StoredModel(rows=rows, model=of_giants, fit_id=1, age_days=0)
    today = draw([150, 150, 97, 3, 60], seed=1)
    today.loc[397:399, "d"] += 9
    variables = make_variables(**RECIPE, refit_below_ari=0.95)
    is_new = find_undescribed(today, model=of_giants)
    decision = decide(today, variables=variables, stored=stored)
    assert is_new[397:].all()
    assert (decision.reason, decision.declined) == (None, "drift")


def test_levels_that_were_never_seen_and_constants_that_move_count_too(model):
    today = draw([100] * 4, seed=1)
    usual = measured(today, model)["undescribed_count"]
    assert usual == 4
    inside = today.index[:10]
    today.loc[inside, "trade"] = "never seen"
    other_trades = measured(today, model)
    assert other_trades["undescribed_count"] in range(10, 15)
    assert other_trades["is_alarm"]

    flat = draw([100] * 4, seed=1).assign(e=7.0)
    one_moves = flat.copy()
    one_moves.loc[0, "e"] = 7.001
    of_flat = fit_model(flat, settings=SETTINGS)
    assert of_flat.constants == {"e": 7.0}
    counts = [
        measured(s, of_flat)["undescribed_count"]
        for s in (flat.assign(e=np.nan), flat, one_moves)
    ]
    assert counts == [4, 4, 5]


def test_a_model_knows_its_quantile_and_one_that_was_stored_without_it_is_silent(model):
    rows = model_to_rows(model, reason="first_fit")
    assert model_from_rows(rows).distance_quantile == model.distance_quantile
    before = rows[~rows["parameter"].isin(["distance_quantile", "constant"])]
    old = model_from_rows(before)
    assert np.isnan(old.distance_quantile)
    assert measured(draw([100] * 5, seed=1), old) == {}
    asked = measured(draw([100] * 4, seed=1), model, tries_one_more=True)
    assert not asked["is_alarm"]
    assert asked["saved_by_one_more"] < 0.1
    few = replace(model, settings=replace(SETTINGS, n_clusters=4))
    assert "saved_by_one_more" not in measured(
        draw([1] * 4, seed=1), few, tries_one_more=True
    )
