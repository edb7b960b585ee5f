"""Settings are checked before anything is built, and kept as one line of JSON."""

import json

import pytest
from planted_data import make_settings
from segmentation.errors import SegmentationError
from segmentation.learning.settings import (
    SCALINGS,
    FitSettings,
    read_active_settings,
    read_settings,
)

VARIABLES = {
    "numeric_features": ["followers_total", "turnover_eur"],
    "categorical_features": ["category_name"],
    "n_clusters": 4,
    "random_state": 42,
    "n_init": 10,
    "scaling": "standard",
    "fit_sample_size": 50_000,
}


def test_variables_are_read_as_dbt_hands_them_over():
    """A number of a property file comes as text, and any other as a number."""
    as_texts = {
        name: value if isinstance(value, list) else str(value)
        for name, value in VARIABLES.items()
    }

    assert FitSettings.from_variables(**as_texts) == FitSettings(
        numeric_features=("followers_total", "turnover_eur"),
        categorical_features=("category_name",),
        n_clusters=4,
        random_state=42,
        n_init=10,
        scaling="standard",
        fit_sample_size=50_000,
    )
    assert FitSettings.from_variables(**VARIABLES) == FitSettings.from_variables(
        **as_texts
    )


@pytest.mark.parametrize("scaling", SCALINGS)
def test_every_scaling_that_is_offered_is_accepted(scaling):
    assert make_settings(scaling=scaling).scaling == scaling


@pytest.mark.parametrize(
    ("variable", "value", "complaint", "remedy"),
    [
        ("numeric_features", [], "numeric_features is empty", "name at least one"),
        ("numeric_features", "likes", "numeric_features is 'likes'", "write a list"),
        ("numeric_features", None, "numeric_features is None", "write a list"),
        ("numeric_features", {"a": 1}, "numeric_features is {", "write a list"),
        ("categorical_features", [3], "categorical_features is [3]", "write a"),
        ("numeric_features", ["likes", "likes"], "'likes' is listed twice", "keep"),
        ("categorical_features", ["turnover_eur"], "'turnover_eur' is", "keep one"),
        ("n_clusters", 1, "n_clusters is 1:", "two clusters are the least"),
        ("n_clusters", "four", "n_clusters is 'four'", "write a whole number"),
        ("n_clusters", 4.5, "n_clusters is 4.5", "write a whole number"),
        ("n_clusters", None, "n_clusters is None", "write a whole number"),
        ("random_state", "", "random_state is ''", "write a whole number"),
        ("n_init", 0, "n_init is 0:", "must be at least 1"),
        ("n_init", "auto", "n_init is 'auto'", "write a whole number"),
        ("scaling", "log", "scaling is 'log'", "standard, minmax, robust, none"),
        ("fit_sample_size", 3, "fit_sample_size is 3, fewer than n_clusters", "raise"),
        ("fit_sample_size", "all", "fit_sample_size is 'all'", "write a whole number"),
    ],
)
def test_a_refusal_names_the_variable_its_value_and_the_remedy(
    variable, value, complaint, remedy
):
    with pytest.raises(SegmentationError) as refusal:
        FitSettings.from_variables(**{**VARIABLES, variable: value})

    assert complaint in str(refusal.value)
    assert remedy in str(refusal.value)


@pytest.mark.parametrize("random_state", [-1, 2**32])
def test_a_seed_that_scikit_learn_refuses_is_refused_by_name(random_state):
    with pytest.raises(SegmentationError, match="random_state"):
        FitSettings.from_variables(**{**VARIABLES, "random_state": random_state})


def test_json_gives_the_same_settings_back():
    settings = make_settings(
        numeric_features=('chiffre "net" d\'affaires', "followers_total"),
        categorical_features=("catégorie",),
    )

    text = settings.to_json()

    assert FitSettings.from_json(text) == settings
    assert "\n" not in text


def test_settings_of_an_older_version_are_completed_and_of_a_newer_one_refused():
    """A publication outlives the version of the project that wrote it."""
    values = json.loads(make_settings().to_json())
    older = {k: v for k, v in values.items() if k != "category_weight"}

    assert FitSettings.from_json(json.dumps(older)) == make_settings()
    with pytest.raises(SegmentationError, match="'depth', which this"):
        FitSettings.from_json(json.dumps(values | {"depth": 3}))


def test_json_of_equal_settings_is_equal_text():
    """The text is compared and digested to see whether a fit is still valid."""
    backwards = FitSettings(**dict(reversed(vars(make_settings()).items())))

    assert backwards.to_json() == make_settings().to_json()


FIT_VARIABLES = VARIABLES | {
    "recipe": "robust",
    "robust_recipe": {
        "numeric_features": ["followers_total", "has_x_account"],
        "log_features": ["followers_total"],
        "category_weight": 0.5,
        "drops_constants": True,
    },
}


def test_the_robust_recipe_changes_its_entries_and_shares_the_others():
    by_recipe, active = read_settings(json.dumps(FIT_VARIABLES))

    assert active == "robust"
    assert by_recipe["report"] == FitSettings.from_variables(**VARIABLES)
    assert by_recipe["robust"] == make_settings(
        numeric_features=("followers_total", "has_x_account"),
        log_features=("followers_total",),
        category_weight=0.5,
        drops_constants=True,
    )
    assert read_active_settings(json.dumps(FIT_VARIABLES)) == by_recipe["robust"]


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"recipe": "secret"}, "recipe is 'secret': use one of report, robust"),
        ({"robust_recipe": "log"}, "robust_recipe is 'log': write its entries as in"),
        (
            {"robust_recipe": {"category_wieght": 2}},
            "entry 'category_wieght': did you mean category_weight?",
        ),
        ({"robust_recipe": {"category_weight": "half"}}, "write a number"),
        ({"robust_recipe": {"drops_constants": "maybe"}}, "write true or false"),
    ],
)
def test_a_recipe_that_cannot_be_read_is_refused(changes, complaint):
    with pytest.raises(SegmentationError) as refusal:
        read_settings(json.dumps(FIT_VARIABLES | changes))

    assert complaint in str(refusal.value)
