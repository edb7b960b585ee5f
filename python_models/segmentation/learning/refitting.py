"""Decide whether a build fits a new model or scores with the published one.

Scoring with the published model is the everyday case: a client moves only when the
client has changed. A refit is an event with a reason.
"""

from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd
from duckdb import DuckDBPyRelation
from sklearn.metrics import adjusted_rand_score

from segmentation.errors import SegmentationError
from segmentation.learning.fitted_space import nearest_centroids, transform_sample
from segmentation.learning.fitting import FittedModel, FormerGroups, fit_model
from segmentation.learning.model_rows import model_from_rows, model_to_rows
from segmentation.learning.settings import FitSettings

POLICIES = ("auto", "always", "never")

ASSESSMENT_COLUMN_TYPES = {
    "is_refit": "boolean",
    "reason": "varchar",
    "agreement": "double",
}


@dataclass(frozen=True, kw_only=True)
class RefitPolicy:
    """When a model is fitted anew.

    Attributes
    ----------
    refit : {'auto', 'always', 'never'}
    refit_after_days : float
        Age of the model, in days, from which 'auto' refits.
    refit_below_ari : float
        Agreement with a trial refit on today's data, an adjusted Rand index, below
        which 'auto' refits.
    refit_minimum_gain : float
        Share of the inertia that another solution must save for a refit to give up
        the one that continues the published groups.
    """

    refit: str
    refit_after_days: float
    refit_below_ari: float
    refit_minimum_gain: float

    def __post_init__(self) -> None:
        """Refuse a policy that cannot be followed.

        Raises
        ------
        SegmentationError
            Names the variable and what it may be.
        """
        if self.refit not in POLICIES:
            raise SegmentationError(
                f"The variable refit is {self.refit!r}: use one of"
                f" {', '.join(POLICIES)}."
            )
        if not 0 < self.refit_after_days < float("inf"):
            raise SegmentationError(
                f"The variable refit_after_days is {self.refit_after_days}: write a"
                " positive number of days, a large one for no limit."
            )
        if not 0 <= self.refit_below_ari <= 1:
            raise SegmentationError(
                f"The variable refit_below_ari is {self.refit_below_ari}: write an"
                " adjusted Rand index between 0 (no such refit) and 1."
            )
        if not 0 <= self.refit_minimum_gain < 1:
            raise SegmentationError(
                f"The variable refit_minimum_gain is {self.refit_minimum_gain}: write a"
                " share of the inertia, from 0 (always the best solution) to below 1."
            )

    @classmethod
    def from_variables(
        cls,
        *,
        refit: str,
        refit_after_days: float | str,
        refit_below_ari: float | str,
        refit_minimum_gain: float | str,
    ) -> "RefitPolicy":
        """Read the policy as dbt hands it over.

        Raises
        ------
        SegmentationError
            If a value is no number or out of its range.
        """
        numbers = {}
        for variable, value in (
            ("refit_after_days", refit_after_days),
            ("refit_below_ari", refit_below_ari),
            ("refit_minimum_gain", refit_minimum_gain),
        ):
            try:
                numbers[variable] = float(str(value))
            except ValueError:
                raise SegmentationError(
                    f"The variable {variable} is {value!r}: write a number."
                ) from None
        return cls(refit=refit, **numbers)


@dataclass(frozen=True, kw_only=True)
class StoredModel:
    """The model of the last published fit.

    Attributes
    ----------
    rows : pandas.DataFrame
        As :func:`segmentation.learning.model_rows.model_to_rows` wrote them.
    model : FittedModel
        What the rows say.
    age_days : float
        Days from the fit to the build's clock.
    """

    rows: pd.DataFrame
    model: FittedModel
    age_days: float


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """What a build decides about the model, and why.

    Attributes
    ----------
    is_refit : bool
    reason : str or None
        first_fit, variables_changed, always, age or drift; None when the published
        model is kept.
    agreement : float or None
        Adjusted Rand index (Hubert and Arabie 1985) between the labels that the
        published model and a trial refit give today's sample; None where there is no
        published model of these settings, or where the policy is 'never'.
    """

    is_refit: bool
    reason: str | None
    agreement: float | None

    def to_row(self) -> pd.DataFrame:
        """Write the assessment as a table of one row."""
        return pd.DataFrame([asdict(self)])


def read_stored_model(
    last_fit: pd.DataFrame, published_parameters: DuckDBPyRelation
) -> StoredModel | None:
    """Read the model of the last published fit back from its rows.

    Parameters
    ----------
    last_fit : pandas.DataFrame
        ``fit_id`` and ``age_days`` of the last published fit; no row if there is none.
    published_parameters : duckdb.DuckDBPyRelation
        The published table ``fit_parameters``.

    Returns
    -------
    StoredModel or None
        None when nothing has been published yet.
    """
    if last_fit.empty:
        return None
    fit_id = int(last_fit["fit_id"].iloc[0])
    rows = (
        published_parameters.filter(f"fit_id = {fit_id}")
        .order("row_number")
        .df()
        .drop(columns="fit_id")
    )
    if rows.empty:
        return None
    return StoredModel(
        rows=rows,
        model=model_from_rows(rows),
        age_days=float(last_fit["age_days"].iloc[0]),
    )


def check_stored_settings(
    settings: FitSettings, *, policy: RefitPolicy, stored: FitSettings | None
) -> None:
    """Refuse the policy 'never' where there is no model of these settings to keep.

    Raises
    ------
    SegmentationError
        Names every variable that differs, with both values, and the remedy.
    """
    if policy.refit != "never" or stored == settings:
        return
    if stored is None:
        raise SegmentationError(
            "refit is 'never', but the publication holds no model yet: build once with"
            " refit set to auto, or check that PUBLISH_DIR is the right folder."
        )
    ours, theirs = asdict(settings), asdict(stored)
    differing = [name for name in ours if ours[name] != theirs[name]]
    raise SegmentationError(
        "refit is 'never', but the variables are not those of the published model."
        f" Now: {_listed(ours, differing)}. Published model:"
        f" {_listed(theirs, differing)}. Set the variables back, or refit to auto."
    )


def assess(
    sample: pd.DataFrame,
    *,
    settings: FitSettings,
    policy: RefitPolicy,
    stored: StoredModel | None,
) -> Assessment:
    """Decide whether this build fits a new model.

    Parameters
    ----------
    sample : pandas.DataFrame
        As :func:`segmentation.learning.sampling.read_fit_sample` returns it.
    settings : FitSettings
        What the variables say now.
    policy : RefitPolicy
    stored : StoredModel or None
        None when nothing has been published yet.

    Raises
    ------
    SegmentationError
        If the policy is 'never' and there is no model of these settings.
    """
    check_stored_settings(
        settings, policy=policy, stored=stored.model.settings if stored else None
    )
    if policy.refit == "never":
        return Assessment(is_refit=False, reason=None, agreement=None)
    if stored is None:
        return Assessment(is_refit=True, reason="first_fit", agreement=None)
    if stored.model.settings != settings:
        return Assessment(is_refit=True, reason="variables_changed", agreement=None)
    trial = refit_model(
        sample,
        settings=settings,
        minimum_gain=policy.refit_minimum_gain,
        stored=stored,
    )
    agreement = measure_agreement(sample, stored.model, trial)
    if policy.refit == "always":
        reason = "always"
    elif stored.age_days >= policy.refit_after_days:
        reason = "age"
    elif agreement < policy.refit_below_ari:
        reason = "drift"
    else:
        reason = None
    return Assessment(is_refit=reason is not None, reason=reason, agreement=agreement)


def choose_model_rows(
    sample: pd.DataFrame,
    *,
    settings: FitSettings,
    minimum_gain: float,
    assessment: Assessment,
    stored: StoredModel | None,
) -> pd.DataFrame:
    """Return the rows of the model that this build labels with.

    The stored rows, to the bit, unless the assessment asks for a fit; and also then
    if the fit learns what the stored one did: it is that fit.

    Returns
    -------
    pandas.DataFrame
        The columns of :data:`segmentation.learning.model_rows.COLUMN_TYPES`.
    """
    if not assessment.is_refit:
        return stored.rows
    model = refit_model(
        sample, settings=settings, minimum_gain=minimum_gain, stored=stored
    )
    if stored is not None and has_learned_the_same(model, stored.model):
        return stored.rows
    return model_to_rows(model, reason=assessment.reason)


def refit_model(
    sample: pd.DataFrame,
    *,
    settings: FitSettings,
    minimum_gain: float,
    stored: StoredModel | None,
) -> FittedModel:
    """Fit a model that continues the published groups where it can.

    It cannot where nothing is published, where the published model needs a feature
    that the sample lacks, or where the number of clusters is another.
    """
    former = None
    if stored is not None and set(stored.model.feature_names()) <= set(sample):
        former = FormerGroups(
            labels=label_sample(sample, stored.model),
            minimum_gain=minimum_gain,
        )
    return fit_model(sample, settings=settings, former=former)


def has_learned_the_same(one: FittedModel, other: FittedModel) -> bool:
    """Tell whether two models differ in no more than the last bits of their numbers.

    Other libraries and processors round otherwise, which is no reason for a new fit.
    """
    if (one.settings, one.columns()) != (other.settings, other.columns()):
        return False
    imputed = [[f.imputation for f in m.categorical] for m in (one, other)]
    scaled = [
        [(f.imputation, f.center, f.scale) for f in m.numeric] for m in (one, other)
    ]
    return (
        imputed[0] == imputed[1]
        and np.allclose(*scaled, rtol=1e-9, atol=1e-12)
        and np.allclose(one.centroids, other.centroids, rtol=1e-9, atol=1e-12)
    )


def measure_agreement(
    sample: pd.DataFrame, one: FittedModel, other: FittedModel
) -> float:
    """Adjusted Rand index between the labels that two models give a sample."""
    return float(
        adjusted_rand_score(label_sample(sample, one), label_sample(sample, other))
    )


def label_sample(sample: pd.DataFrame, model: FittedModel) -> np.ndarray:
    """Nearest centroid of every row, in memory; a tie goes to the smaller number."""
    return nearest_centroids(
        transform_sample(sample, model=model), centroids=model.centroids
    )


def _listed(values: dict[str, object], names: list[str]) -> str:
    def written(value: object) -> str:
        return ", ".join(value) if isinstance(value, tuple) else str(value)

    return "; ".join(f"{name} {written(values[name])}" for name in names)
