"""Variables are checked before anything is built, and kept as one line of JSON."""

import datetime as datetime_module
import json
import re
from datetime import datetime

import duckdb
import jinja2
import pytest
from planted_data import VARIABLES, make_settings, make_variables
from project_copies import CHECKOUT
from segmentation.errors import SegmentationError
from segmentation.learning.settings import (
    FitSettings,
    check_stored_settings,
    read_clock,
)


def test_variables_are_read_as_dbt_hands_them_over():
    """A number of a property file comes as text, and any other as a number."""
    as_texts = {
        name: str(value) if isinstance(value, int | float) else value
        for name, value in VARIABLES.items()
    }
    ours = make_variables()
    assert make_variables(**as_texts) == ours
    assert ours.settings == make_settings()
    assert ours.as_of == datetime(2026, 1, 31, 12)
    in_a_zone = make_variables(as_of="2026-01-31T12:00:00+02:00")
    assert in_a_zone.as_of == datetime(2026, 1, 31, 10)


@pytest.mark.parametrize(
    "as_of",
    [
        *("2025-06-30", "2025-06-30 12:00", "2025-06-30T12:00:00.25"),
        *("2025-06-30T14:00:00Z", "2025-06-30T14:00:00+02:00"),
        *("2024-12-31 23:30:59.5-0200", "2025-02-28 23:30-01:00", "2199-12-31"),
    ],
)
def test_sql_and_python_read_the_same_clock(as_of):
    """As a text an offset from UTC would be ignored by SQL."""
    macros = (CHECKOUT / "macros" / "as_of.sql").read_text(encoding="utf-8")
    template = jinja2.Environment().from_string(macros + "select {{ as_of() }}")
    modules = {"re": re, "datetime": datetime_module}
    query = template.render(modules=modules, var=lambda _: as_of)
    assert duckdb.sql(query).fetchall() == [(read_clock(as_of),)]


@pytest.mark.parametrize(
    ("variable", "value", "complaint", "remedy"),
    [
        ("numeric_features", [], "numeric_features is empty", "name at least one"),
        ("numeric_features", "likes", "numeric_features is 'likes'", "write a list"),
        ("categorical_features", [3], "categorical_features is [3]", "write a"),
        ("numeric_features", ["likes", "likes"], "'likes' is listed twice", "keep"),
        ("categorical_features", ["followers_total"], "'followers_total' is", "keep"),
        ("log1p_features", ["likes"], "'likes' is listed in log1p_features", "add it"),
        ("n_clusters", 1, "n_clusters is 1:", "of at least 2"),
        ("n_clusters", 4.5, "n_clusters is 4.5", "write a whole number"),
        ("random_state", -1, "random_state is -1", "from 0 to 4294967295"),
        ("random_state", 2**32, "random_state is 42", "from 0 to 4294967295"),
        ("n_init", 0, "n_init is 0:", "of at least 1"),
        ("scaling", "log", "scaling is 'log'", "standard, minmax, robust, ranks, none"),
        ("fit_sample_size", 3, "fit_sample_size is 3, fewer than n_clusters", "raise"),
        ("refit", "monthly", "refit is 'monthly'", "one of auto, always, never"),
        ("refit_after_days", 0, "refit_after_days is 0", "write a number above 0"),
        ("refit_after_days", "inf", "refit_after_days is 'inf'", "above 0"),
        ("refit_below_ari", "low", "refit_below_ari is 'low'", "from 0 to 1"),
        ("refit_minimum_gain", 5, "refit_minimum_gain is 5", "from 0 to below 1"),
        ("evaluate", "maybe", "evaluate is 'maybe'", "write true or false"),
        ("evaluation_sample_size", 0, "evaluation_sample_size is 0", "of at least 1"),
        ("evaluate_after_days", -1, "evaluate_after_days is -1", "of at least 0"),
        ("minimum_cluster_size", "few", "minimum_cluster_size is 'few'", "at least 1"),
        ("minimum_stability_ari", 80, "minimum_stability_ari is 80", "from -1 to 1"),
        ("distinctive_chance", 0, "distinctive_chance is 0", "above 0 and up to 1"),
        *(
            ("as_of", value, f"as_of is '{value}'", "such as 2025-06-30")
            for value in (
                *("tomorrow", "20250630", "2025-W27-1", "2025-06-30T14", "2025-02-30"),
                *("2025-06-30x14:00", "2025-06-30 14:00:00,5", "9999-12-31", "0", ""),
            )
        ),
        ("recipe", "secret", "recipe is 'secret'", "one of report, robust"),
        ("robust_recipe", "log", "robust_recipe is 'log'", "write its entries as in"),
        ("robust_recipe", {"categorical_wieght": 2}, "entry 'categorical_wieght'",
         "did you mean categorical_weight?"),
        ("robust_recipe", {"categorical_weight": "half"}, "is 'half'", "a number"),
        ("robust_recipe", {"drops_constants": "maybe"}, "is 'maybe'", "true or false"),
        *(
            ("identity_distance_limit", value, f"is {value!r}", "above 0")
            for value in (0, -1, "far", None, "", float("nan"), float("inf"))
        ),
        *(
            ("projection_variance_share", value, f"is {value!r}", "above 0 and up to 1")
            for value in (0, 1.01, "much", None)
        ),
    ],
)  # fmt: skip
def test_a_refusal_names_segmentation_variable_value_and_remedy(
    variable, value, complaint, remedy
):
    with pytest.raises(SegmentationError) as refusal:
        make_variables(**{variable: value})
    assert "Segmentation 'planted': " in str(refusal.value)
    assert complaint in str(refusal.value)
    assert remedy in str(refusal.value)


def test_json_gives_the_same_settings_back_and_of_equal_ones_is_equal_text():
    """The text is compared and digested to see whether a fit is still valid."""
    settings = make_settings(
        numeric_features=('chiffre "net" d\'affaires', "followers_total"),
        categorical_features=("catégorie",),
    )
    written = settings.to_json()
    assert FitSettings.from_json(written) == settings
    assert "\n" not in written
    assert FitSettings(**dict(reversed(vars(settings).items()))).to_json() == written


def test_settings_of_an_older_version_are_completed_and_of_a_newer_one_refused():
    """A publication outlives the version of the project that wrote it."""
    values = json.loads(make_settings().to_json())
    older = {k: v for k, v in values.items() if k != "categorical_weight"}
    assert FitSettings.from_json(json.dumps(older)) == make_settings()
    with pytest.raises(SegmentationError, match="'depth', which this"):
        FitSettings.from_json(json.dumps(values | {"depth": 3}))


def test_a_model_of_the_former_logarithm_is_of_features_that_no_table_has():
    """It took a count of 0 for unknown: read with log1p it would say something else."""
    settings = make_settings(log1p_features=("followers_total",))
    values = json.loads(settings.to_json())
    former = values | {"log_features": values.pop("log1p_features")}
    without = json.loads(make_settings().to_json())
    found = FitSettings.from_json(json.dumps(former))
    assert "ln(followers_total)" in found.numeric_features
    with pytest.raises(SegmentationError, match=r"ln\(followers_total"):
        check_stored_settings(settings, refit="never", stored=found)
    without["log_features"] = without.pop("log1p_features")
    assert FitSettings.from_json(json.dumps(without)) == make_settings()


def test_the_robust_recipe_changes_its_entries_and_shares_the_others():
    recipe = {
        "numeric_features": ("followers_total", "has_x_account"),
        "log1p_features": ("followers_total",),
        "categorical_weight": 0.5,
        "drops_constants": True,
    }
    as_lists = {k: [*v] if isinstance(v, tuple) else v for k, v in recipe.items()}

    ours = make_variables(recipe="robust", robust_recipe=as_lists)

    assert ours.settings == make_settings(**recipe)
    assert ours.settings_by_recipe == {
        "report": make_settings(),
        "robust": ours.settings,
    }
    # The common variable speaks to those that have the choice.
    without = make_variables(recipe="robust")
    assert without.settings_by_recipe == {"report": without.settings}
