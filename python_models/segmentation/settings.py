"""The settings of a fit, read from dbt variables and checked before use."""

import json
from dataclasses import asdict, dataclass

from segmentation.errors import SegmentationError

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
    """

    numeric_features: tuple[str, ...]
    categorical_features: tuple[str, ...]
    n_clusters: int
    random_state: int
    n_init: int
    scaling: str
    fit_sample_size: int

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
        if self.scaling not in SCALINGS:
            raise SegmentationError(
                f"The variable scaling is {self.scaling!r}: use one of"
                f" {', '.join(SCALINGS)}."
            )

    @classmethod
    def from_variables(
        cls,
        *,
        numeric_features: str,
        categorical_features: str,
        n_clusters: int | str,
        random_state: int | str,
        n_init: int | str,
        scaling: str,
        fit_sample_size: int | str,
    ) -> "FitSettings":
        """Read the settings as dbt hands them to a Python model.

        Parameters
        ----------
        numeric_features, categorical_features : str
            JSON lists of column names.
        n_clusters, random_state, n_init, fit_sample_size : int or str
            Whole numbers, or texts of them.
        scaling : str
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
        )

    @classmethod
    def from_json(cls, text: str) -> "FitSettings":
        """Read back what :meth:`to_json` wrote."""
        values = json.loads(text)
        for name in ("numeric_features", "categorical_features"):
            values[name] = tuple(values[name])
        return cls(**values)

    def to_json(self) -> str:
        """Write the settings as one line of JSON with sorted keys."""
        return json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)


def _names(variable: str, text: str) -> tuple[str, ...]:
    try:
        names = json.loads(text)
    except (TypeError, ValueError):
        names = None
    if not isinstance(names, list) or not all(isinstance(n, str) for n in names):
        raise SegmentationError(
            f"The variable {variable} is {text!r}: write a list of column names."
        )
    return tuple(names)


def _whole_number(variable: str, value: int | str) -> int:
    try:
        return int(str(value))
    except ValueError:
        raise SegmentationError(
            f"The variable {variable} is {value!r}: write a whole number."
        ) from None
