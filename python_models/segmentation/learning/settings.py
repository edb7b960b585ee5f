"""The variables of a segmentation, read in one place and checked before use."""

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import MISSING, Field, asdict, dataclass, fields
from datetime import UTC, datetime
from typing import Any

from duckdb import DuckDBPyRelation

from segmentation.errors import SegmentationError, close_name
from segmentation.sql_text import text

RECIPES = ("report", "robust")
SCALINGS = ("standard", "minmax", "robust", "ranks", "none")
POLICIES = ("auto", "always", "never")
INFINITE = float("inf")
_CLOCK = re.compile(
    r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)?)?"
)


@dataclass(frozen=True, kw_only=True)
class FitSettings:
    """What decides the outcome of a fit besides the data.

    Attributes
    ----------
    log1p_features
        Numeric features that are counts and enter as the logarithm of 1 + count.
    unscaled_features
        Numeric features that keep their own unit, such as 0/1 flags.
    categorical_weight
        What stands for 1 in the 0/1 columns of the categorical features.
    drops_constants
        Leave out numeric features that have one value in the whole sample.
    sets_giants_apart
        Keep the members with exceptionally large counts out of the fit and give
        them a cluster of their own (see ``fitting.find_giants``).
    """

    numeric_features: tuple[str, ...]
    categorical_features: tuple[str, ...]
    n_clusters: int
    random_state: int
    n_init: int
    scaling: str
    fit_sample_size: int
    log1p_features: tuple[str, ...] = ()
    unscaled_features: tuple[str, ...] = ()
    categorical_weight: float = 1.0
    drops_constants: bool = False
    sets_giants_apart: bool = False

    def __post_init__(self) -> None:
        """Refuse settings that no fit can honour."""
        _read_fields(fields(self), vars(self))
        if message := next(self._refusals(), None):
            raise SegmentationError(message)

    def _refusals(self) -> Iterator[str]:
        if not self.numeric_features:
            yield (
                "The variable numeric_features is empty: name at least one numeric"
                " column of the feature table."
            )
        if self.fit_sample_size < self.n_clusters:
            yield (
                f"The variable fit_sample_size is {self.fit_sample_size}, fewer than"
                f" n_clusters = {self.n_clusters}: raise it."
            )
        for name in self.features:
            if self.features.count(name) > 1:
                lists = "twice in numeric_features and categorical_features"
                yield f"The feature {name!r} is listed {lists}: keep one."
            if name in self.log1p_features and name in self.unscaled_features:
                lists = "in log1p_features and in unscaled_features"
                yield f"The feature {name!r} is listed {lists}: keep one."
        for variable in ("log1p_features", "unscaled_features"):
            for name in sorted({*getattr(self, variable)} - {*self.numeric_features}):
                yield (
                    f"The feature {name!r} is listed in {variable} but not in"
                    " numeric_features: add it there too."
                )
        if self.sets_giants_apart and not self.log1p_features:
            yield (
                "sets_giants_apart is true, but log1p_features is empty: giants are"
                " told by the logarithm of their counts. Name them in log1p_features."
            )

    @property
    def features(self) -> tuple[str, ...]:
        """All features, the numeric ones first."""
        return self.numeric_features + self.categorical_features

    @classmethod
    def from_variables(cls, variables: dict[str, Any]) -> "FitSettings":
        """Read the settings as dbt hands them over: numbers may come as texts."""
        return cls(**_read_fields(fields(cls), variables))

    @classmethod
    def from_json(cls, written: str) -> "FitSettings":
        """Read back what :meth:`to_json` wrote, in this version or an older one."""
        values = json.loads(written)
        # Once the logarithm was of positive counts, with 0 as unknown: a feature that
        # no table has, so that such a model is replaced and never scored.
        former = {name: f"ln({name})" for name in values.pop("log_features", ())}
        if former:
            numeric = values["numeric_features"]
            values["numeric_features"] = [former.get(name, name) for name in numeric]
            values["log1p_features"] = [*former.values()]
        unknown = sorted(set(values) - {field.name for field in fields(cls)})
        if unknown:
            raise SegmentationError(
                f"The published model has the setting {unknown[0]!r}, which this"
                " version of the project does not know: a newer one published it."
                " Update the project, or set PUBLISH_DIR to another folder."
            )
        return cls.from_variables(values)

    def to_json(self) -> str:
        """Write the settings as one line of JSON with sorted keys."""
        return json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)


@dataclass(frozen=True, kw_only=True)
class Variables:
    """The variables of one segmentation that learning and evaluation follow.

    Recipes are ``report``, and ``robust`` where it has a ``robust_recipe``. The clock
    is in UTC, without time zone.
    """

    segmentation: str
    settings_by_recipe: dict[str, FitSettings]
    active_recipe: str
    as_of: datetime
    refit: str
    refit_after_days: float
    refit_below_ari: float
    refit_minimum_gain: float
    identity_distance_limit: float
    projection_variance_share: float
    evaluate: bool
    evaluation_sample_size: int
    evaluate_after_days: float
    minimum_cluster_size: int
    minimum_stability_ari: float
    distinctive_chance: float
    identified_by: tuple[str, ...] = ()

    @property
    def settings(self) -> FitSettings:
        """The settings of the active recipe."""
        return self.settings_by_recipe[self.active_recipe]


def read_variables(segmentation: str, variables: dict[str, Any]) -> Variables:
    """Read the merged variables of one segmentation: the common ones and its own."""
    with of_segmentation(segmentation):
        settings_by_recipe, active_recipe = _read_recipes(variables)
        return Variables(
            segmentation=segmentation,
            settings_by_recipe=settings_by_recipe,
            active_recipe=active_recipe,
            **_read_fields(fields(Variables)[3:], variables),
        )


def variables_of(segmentation: str, table: DuckDBPyRelation) -> Variables:
    """Read the variables of one segmentation from ``segmentation_variables``."""
    [(merged,)] = (
        table.filter(f"segmentation = {text(segmentation)}")
        .project("variables")
        .fetchall()
    )
    return read_variables(segmentation, json.loads(merged))


def read_clock(as_of: str) -> datetime:
    """Read the clock of the build, in UTC where it names no time zone."""
    with suppress(ValueError):
        clock = datetime.fromisoformat(as_of)
        # What SQL reads as Python does, and days can be added to.
        if _CLOCK.fullmatch(as_of) and 1950 <= clock.year < 2200:
            return clock.astimezone(UTC).replace(tzinfo=None) if clock.tzinfo else clock
    raise SegmentationError(
        f"The variable as_of is {as_of!r}: write a date or time of 1950 to 2199 such as"
        " 2025-06-30 or 2025-06-30 12:00:00, in UTC."
    )


@contextmanager
def of_segmentation(segmentation: str) -> Iterator[None]:
    """Let an error message say of which segmentation it speaks."""
    try:
        yield
    except SegmentationError as error:
        raise SegmentationError(
            f"Segmentation {segmentation!r}: {error.msg}"
        ) from error


def check_stored_settings(
    settings: FitSettings, *, refit: str, stored: FitSettings | None
) -> None:
    """Refuse the policy 'never' where there is no model of these settings to keep."""
    if refit != "never" or stored == settings:
        return
    if stored is None:
        raise SegmentationError(
            "refit is 'never', but the publication holds no model yet: build once with"
            " refit set to auto, or check that PUBLISH_DIR is the right folder."
        )
    ours, theirs = asdict(settings), asdict(stored)

    def listed(values: dict[str, Any]) -> str:
        return "; ".join(
            f"{name} {', '.join(value) if isinstance(value, tuple) else value}"
            for name, value in values.items()
            if ours[name] != theirs[name]
        )

    raise SegmentationError(
        "refit is 'never', but the variables are not those of the published model."
        f" Now: {listed(ours)}. Published model: {listed(theirs)}. Set the variables"
        " back, or refit to auto."
    )


def _read_recipes(variables: dict[str, Any]) -> tuple[dict[str, FitSettings], str]:
    own = FitSettings.from_variables(variables)
    robust_recipe = variables.get("robust_recipe")
    recipe = read_value("recipe", variables.get("recipe", RECIPES[0]), str)
    if robust_recipe is None:
        return {RECIPES[0]: own}, RECIPES[0]
    read_value("robust_recipe", robust_recipe, dict)
    known = [field.name for field in fields(FitSettings)]
    for name in robust_recipe:
        if name not in known:
            raise SegmentationError(
                f"The variable robust_recipe has the unknown entry {name!r}:"
                f" {close_name(name, known)}The entries are {', '.join(known)}."
            )
    robust = FitSettings.from_variables(variables | robust_recipe)
    return dict(zip(RECIPES, (own, robust), strict=True)), recipe


def _names(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or {*map(type, value)} - {str}:
        raise ValueError
    return tuple(value)


# How the values of a field's type are read, and what else to write.
_READERS = {
    tuple[str, ...]: (_names, "write a list of texts, such as ['a', 'no']"),
    int: (lambda value: int(str(value)), "write a whole number"),
    float: (lambda value: float(str(value)), "write a number"),
    bool: (
        lambda value: {"true": True, "false": False}[str(value).strip().lower()],
        "write true or false",
    ),
    str: (lambda value: value, "use one of"),
    datetime: (read_clock, ""),
    # A list of nothing is not a dictionary of nothing.
    dict: (lambda value: {**value}, "write its entries as in dbt_project.yml"),
}
# What a single variable may be, and how that is said.
_LIMITS = {
    "segmentations": (bool, ""),
    "recipe": (RECIPES.__contains__, ", ".join(RECIPES)),
    "scaling": (SCALINGS.__contains__, ", ".join(SCALINGS)),
    "refit": (POLICIES.__contains__, ", ".join(POLICIES)),
    "n_clusters": (lambda count: count > 1, "of at least 2"),
    "random_state": (lambda seed: 0 <= seed < 2**32, "from 0 to 4294967295"),
    "n_init": (lambda count: count > 0, "of at least 1"),
    "categorical_weight": (lambda weight: 0 < weight < INFINITE, "above 0"),
    "evaluation_sample_size": (lambda size: size > 0, "of at least 1"),
    "minimum_cluster_size": (lambda size: size > 0, "of at least 1"),
    "refit_after_days": (lambda days: 0 < days < INFINITE, "above 0"),
    "refit_below_ari": (lambda index: 0 <= index <= 1, "from 0 to 1"),
    "refit_minimum_gain": (lambda share: 0 <= share < 1, "from 0 to below 1"),
    "identity_distance_limit": (lambda limit: 0 < limit < INFINITE, "above 0"),
    "projection_variance_share": (lambda share: 0 < share <= 1, "above 0 and up to 1"),
    "carry_counts_days": (lambda days: 0 <= days < INFINITE, "of at least 0"),
    "minimum_actions": (lambda count: count >= 0, "of at least 0"),
    "minimum_cell_count": (lambda count: count > 0, "of at least 1"),
    "notable_growth_share": (lambda share: 0 < share < INFINITE, "above 0"),
    "evaluate_after_days": (lambda days: 0 <= days < INFINITE, "of at least 0"),
    "minimum_stability_ari": (lambda index: -1 <= index <= 1, "from -1 to 1"),
    "distinctive_chance": (lambda chance: 0 < chance <= 1, "above 0 and up to 1"),
}


def _read_fields(of: Iterable[Field], variables: dict[str, Any]) -> dict[str, Any]:
    return {
        field.name: read_value(field.name, variables.get(field.name), field.type)
        for field in of
        if field.name in variables or field.default is MISSING
    }


def read_value(variable: str, value: Any, kind: Any) -> Any:
    """Read a value as its kind, or name the variable, the value and the remedy."""
    read, remedy = _READERS[kind]
    is_allowed, limit = _LIMITS.get(variable, (lambda _: True, ""))
    with suppress(ValueError, KeyError, TypeError):
        if is_allowed(found := read(value)):
            return found
    remedy = f"{remedy} {limit}".strip()
    raise SegmentationError(f"The variable {variable} is {value!r}: {remedy}.")
