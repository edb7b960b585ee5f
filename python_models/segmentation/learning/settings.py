"""The settings of a fit, read from dbt variables and checked before use."""

import json
from dataclasses import asdict, dataclass, fields

from segmentation.errors import SegmentationError, close_name

RECIPES = ("report", "robust")
SCALINGS = ("standard", "minmax", "robust", "none")


@dataclass(frozen=True, kw_only=True)
class FitSettings:
    """What decides the outcome of a fit besides the data.

    Attributes
    ----------
    numeric_features, categorical_features : tuple of str
        Columns of ``enterprise_features``; at least one numeric one.
    n_clusters, random_state, n_init : int
        As in :class:`sklearn.cluster.KMeans`.
    scaling : {'standard', 'minmax', 'robust', 'none'}
        How the numeric features are put on one scale.
    fit_sample_size : int
        At most so many enterprises are fitted on.
    log_features : tuple of str
        Numeric features that enter as the logarithm of their positive values; 0 is
        then as unknown as NULL, and a flag beside it tells the two apart.
    unscaled_features : tuple of str
        Numeric features that keep their own unit, such as 0/1 flags.
    category_weight : float
        What stands for 1 in the 0/1 columns of the categorical features.
    drops_constants : bool
        Leave out numeric features that have one value in the whole sample.
    sets_giants_apart : bool
        Keep the enterprises with exceptionally large counts out of the fit and give
        them a cluster of their own (see ``fitting.find_giants``).
    """

    numeric_features: tuple[str, ...]
    categorical_features: tuple[str, ...]
    n_clusters: int
    random_state: int
    n_init: int
    scaling: str
    fit_sample_size: int
    log_features: tuple[str, ...] = ()
    unscaled_features: tuple[str, ...] = ()
    category_weight: float = 1.0
    drops_constants: bool = False
    sets_giants_apart: bool = False

    def __post_init__(self) -> None:
        """Refuse settings that no fit can honour.

        Raises
        ------
        SegmentationError
            If a setting is out of its range; the message names it.
        """
        if not self.numeric_features:
            raise SegmentationError(
                "The variable numeric_features is empty: name at least one numeric"
                " column of enterprise_features."
            )
        features = self.numeric_features + self.categorical_features
        repeated = sorted({name for name in features if features.count(name) > 1})
        if repeated:
            raise SegmentationError(
                f"The feature {repeated[0]!r} is listed twice in numeric_features and"
                " categorical_features: keep one."
            )
        if self.n_clusters < 2:
            raise SegmentationError(
                f"The variable n_clusters is {self.n_clusters}: two clusters are the"
                " least that can be told apart."
            )
        if not 0 <= self.random_state < 2**32:
            raise SegmentationError(
                f"The variable random_state is {self.random_state}: use a whole number"
                " from 0 to 4294967295."
            )
        if self.n_init < 1:
            raise SegmentationError(
                f"The variable n_init is {self.n_init}: it counts the random starts"
                " of k-means and must be at least 1."
            )
        if self.fit_sample_size < self.n_clusters:
            raise SegmentationError(
                f"The variable fit_sample_size is {self.fit_sample_size}, fewer than"
                f" n_clusters = {self.n_clusters}: raise it."
            )
        for variable in ("log_features", "unscaled_features"):
            for name in getattr(self, variable):
                if name not in self.numeric_features:
                    raise SegmentationError(
                        f"The feature {name!r} is listed in {variable} but not in"
                        " numeric_features: add it there too."
                    )
        both = sorted({*self.log_features} & {*self.unscaled_features})
        if both:
            raise SegmentationError(
                f"The feature {both[0]!r} is listed in log_features and in"
                " unscaled_features: keep one."
            )
        if not 0 < self.category_weight < float("inf"):
            raise SegmentationError(
                f"category_weight is {self.category_weight}: use a positive number; to"
                " leave the categories out, empty categorical_features."
            )
        if self.sets_giants_apart and not self.log_features:
            raise SegmentationError(
                "sets_giants_apart is true, but log_features is empty: giants are told"
                " by the logarithm of their counts. Name the counts in log_features."
            )
        if self.scaling not in SCALINGS:
            raise SegmentationError(
                f"The variable scaling is {self.scaling!r}: use one of"
                f" {', '.join(SCALINGS)}."
            )

    @classmethod
    def from_variables(
        cls,
        *,
        numeric_features: list[str],
        categorical_features: list[str],
        n_clusters: int | str,
        random_state: int | str,
        n_init: int | str,
        scaling: str,
        fit_sample_size: int | str,
        log_features: list[str] | None = None,
        unscaled_features: list[str] | None = None,
        category_weight: float | str = 1.0,
        drops_constants: bool = False,
        sets_giants_apart: bool = False,
    ) -> "FitSettings":
        """Read the settings as dbt hands them to a Python model.

        Parameters
        ----------
        numeric_features, categorical_features, log_features, unscaled_features : list
            Names of columns.
        n_clusters, random_state, n_init, fit_sample_size : int or str
            Whole numbers, or texts of them.
        category_weight : float or str
            A number, or a text of one.
        scaling, drops_constants, sets_giants_apart
            See the class.

        Raises
        ------
        SegmentationError
            If a value cannot be read or is out of its range.
        """
        return cls(
            numeric_features=_names("numeric_features", numeric_features),
            categorical_features=_names("categorical_features", categorical_features),
            n_clusters=_whole_number("n_clusters", n_clusters),
            random_state=_whole_number("random_state", random_state),
            n_init=_whole_number("n_init", n_init),
            scaling=scaling,
            fit_sample_size=_whole_number("fit_sample_size", fit_sample_size),
            log_features=_names("log_features", log_features or []),
            unscaled_features=_names("unscaled_features", unscaled_features or []),
            category_weight=_number("category_weight", category_weight),
            drops_constants=_boolean("drops_constants", drops_constants),
            sets_giants_apart=_boolean("sets_giants_apart", sets_giants_apart),
        )

    @classmethod
    def from_json(cls, text: str) -> "FitSettings":
        """Read back what :meth:`to_json` wrote, in this version or an older one.

        Raises
        ------
        SegmentationError
            If a newer version of the project wrote it, with a setting unknown here.
        """
        values = json.loads(text)
        unknown = sorted(set(values) - {field.name for field in fields(cls)})
        if unknown:
            raise SegmentationError(
                f"The published model has the setting {unknown[0]!r}, which this"
                " version of the project does not know: a newer one published it."
                " Update the project, or set PUBLISH_DIR to another folder."
            )
        return cls(
            **{
                name: tuple(value) if isinstance(value, list) else value
                for name, value in values.items()
            }
        )

    def to_json(self) -> str:
        """Write the settings as one line of JSON with sorted keys."""
        return json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)


def read_settings(fit_variables: str) -> tuple[dict[str, FitSettings], str]:
    """Read the settings of every recipe and which of them is active.

    Parameters
    ----------
    fit_variables : str
        JSON of the dbt variables that decide a fit, by name.

    Returns
    -------
    settings_by_recipe : dict of str to FitSettings
        ``report``, by the variables of these names, and ``robust``, with the entries of
        ``robust_recipe`` instead.
    active_recipe : str

    Raises
    ------
    SegmentationError
        If a variable cannot be read or is out of its range.
    """
    variables = json.loads(fit_variables)
    active_recipe = variables.pop("recipe")
    robust_recipe = variables.pop("robust_recipe")
    if active_recipe not in RECIPES:
        raise SegmentationError(
            f"The variable recipe is {active_recipe!r}: use one of"
            f" {', '.join(RECIPES)}."
        )
    if not isinstance(robust_recipe, dict):
        raise SegmentationError(
            f"The variable robust_recipe is {robust_recipe!r}: write its entries as in"
            " dbt_project.yml."
        )
    known = [field.name for field in fields(FitSettings)]
    for name in robust_recipe:
        if name not in known:
            raise SegmentationError(
                f"The variable robust_recipe has the unknown entry {name!r}:"
                f" {close_name(name, known)}The entries are {', '.join(known)}."
            )
    by_recipe = {"report": variables, "robust": variables | robust_recipe}
    return {
        recipe: FitSettings.from_variables(**by_recipe[recipe]) for recipe in RECIPES
    }, active_recipe


def read_active_settings(fit_variables: str) -> FitSettings:
    """Read the settings of the active recipe; see :func:`read_settings`."""
    settings_by_recipe, active_recipe = read_settings(fit_variables)
    return settings_by_recipe[active_recipe]


def _names(variable: str, names: list[str]) -> tuple[str, ...]:
    if not isinstance(names, list) or not all(isinstance(n, str) for n in names):
        raise SegmentationError(
            f"The variable {variable} is {names!r}: write a list of column names."
        )
    return tuple(names)


def _whole_number(variable: str, value: int | str) -> int:
    try:
        return int(str(value))
    except ValueError:
        raise SegmentationError(
            f"The variable {variable} is {value!r}: write a whole number."
        ) from None


def _number(variable: str, value: float | str) -> float:
    try:
        return float(str(value))
    except ValueError:
        raise SegmentationError(
            f"The variable {variable} is {value!r}: write a number."
        ) from None


def _boolean(variable: str, value: bool | str) -> bool:
    if str(value).lower() not in ("true", "false"):
        raise SegmentationError(
            f"The variable {variable} is {value!r}: write true or false."
        )
    return str(value).lower() == "true"
