"""A fitted model as rows of a table, and back: the project's model format.

One row per learned number or text. ``parameter`` says which:

=================== ================ ============= ========== =======================
parameter           feature_name     feature_level cluster_id value
=================== ================ ============= ========== =======================
imputation          numeric          NULL          NULL       value for an unknown one
center, scale       numeric          NULL          NULL       as in (x - center)/scale
quantile            numeric          NULL          NULL       one of many, in order
imputed_level       categorical      level         NULL       NULL
level               categorical      level         NULL       NULL
centroid            any              if any        cluster    coordinate
settings            NULL             NULL          NULL       NULL, JSON in text_value
library_versions    NULL             NULL          NULL       NULL, JSON in text_value
fingerprint         NULL             NULL          NULL       NULL, md5 in text_value
reason              NULL             NULL          NULL       NULL, word in text_value
sample_count,       NULL             NULL          NULL       the figure
inertia, silhouette
distance_quantile
constant            numeric          NULL          NULL       its one value in the fit
=================== ================ ============= ========== =======================

``position`` keeps the order of features and levels; ``row_number`` counts the rows
from 1 and is their key. A feature has quantiles where it enters as ranks: x is then its
rank among them, from 0 to 1, and center and scale are without unit.
"""

import json

import numpy as np
import pandas as pd

from segmentation.learning.fitting import (
    CategoricalFeature,
    FittedModel,
    NumericFeature,
)
from segmentation.learning.settings import FitSettings

COLUMN_TYPES = {
    "row_number": "integer",
    "parameter": "string",
    "position": "integer",
    "feature_name": "string",
    "feature_level": "string",
    "cluster_id": "integer",
    "value": "double",
    "text_value": "string",
}


def model_to_rows(model: FittedModel, *, reason: str) -> pd.DataFrame:
    """Write a fitted model as rows, in a fixed order, and why it was fitted."""
    columns = model.columns()
    texts = {
        "settings": model.settings.to_json(),
        "library_versions": json.dumps(model.library_versions),
        "fingerprint": model.fingerprint(),
        "reason": reason,
    }
    figures = {
        name: float(getattr(model, name))
        for name in ("sample_count", "inertia", "silhouette", "distance_quantile")
    }
    numbers = [
        (parameter, position, feature.name, getattr(feature, parameter))
        for position, feature in enumerate(model.numeric)
        for parameter in ("imputation", "center", "scale")
    ]
    numbers += [
        ("quantile", position, feature.name, quantile)
        for position, feature in enumerate(model.numeric)
        for quantile in feature.quantiles
    ]
    constants = [
        ("constant", None, name, value) for name, value in model.constants.items()
    ]
    imputed = [
        ("imputed_level", position, feature.name, feature.imputation)
        for position, feature in enumerate(model.categorical)
    ]
    keys = ["parameter", "position", "feature_name"]
    rows = [
        pd.DataFrame(texts.items(), columns=["parameter", "text_value"]),
        pd.DataFrame(figures.items(), columns=["parameter", "value"]),
        pd.DataFrame(numbers + constants, columns=[*keys, "value"]),
        pd.DataFrame(imputed, columns=[*keys, "feature_level"]),
        columns[len(model.numeric) :].assign(parameter="level"),
        *(
            columns.assign(parameter="centroid", cluster_id=cluster_id, value=centroid)
            for cluster_id, centroid in enumerate(model.centroids)
        ),
    ]
    table = pd.concat([part.astype(object) for part in rows], ignore_index=True)
    return table.assign(row_number=range(1, len(table) + 1))[list(COLUMN_TYPES)]


def model_from_rows(rows: pd.DataFrame) -> FittedModel:
    """Read back what :func:`model_to_rows` wrote, in any order of rows."""
    parameters = dict(list(rows.sort_values("position").groupby("parameter")))

    def only(parameter: str, column: str) -> object:
        return parameters[parameter][column].iloc[0]

    settings = FitSettings.from_json(only("settings", "text_value"))
    imputations, centers, scales = (
        parameters[name].set_index("feature_name")["value"].astype(float)
        for name in ("imputation", "center", "scale")
    )
    categorical = []
    for name in settings.categorical_features:
        imputed, levels = (
            table.loc[table["feature_name"] == name, "feature_level"]
            for table in (parameters["imputed_level"], parameters["level"])
        )
        categorical.append(
            CategoricalFeature(
                name=name, imputation=imputed.iloc[0], levels=tuple(levels)
            )
        )
    quantiles = {
        name: tuple(sorted(values))
        for name, values in parameters.get("quantile", rows.iloc[:0])
        .astype({"value": float})
        .groupby("feature_name")["value"]
    }
    # A model that was published before these were kept has neither.
    quantile = parameters.get("distance_quantile", pd.DataFrame({"value": [np.nan]}))
    constants = parameters.get("constant", rows.iloc[:0]).set_index("feature_name")
    centroids = parameters["centroid"].pivot(
        index="cluster_id", columns="position", values="value"
    )
    return FittedModel(
        settings=settings,
        numeric=tuple(
            NumericFeature(
                name=name,
                imputation=imputation,
                center=float(centers[name]),
                scale=float(scales[name]),
                is_log=name in settings.log1p_features,
                quantiles=quantiles.get(name, ()),
            )
            for name, imputation in imputations.items()
        ),
        categorical=tuple(categorical),
        centroids=np.ascontiguousarray(centroids.sort_index().to_numpy(dtype=float)),
        sample_count=int(only("sample_count", "value")),
        inertia=float(only("inertia", "value")),
        silhouette=float(only("silhouette", "value")),
        library_versions=json.loads(only("library_versions", "text_value")),
        distance_quantile=float(quantile["value"].iloc[0]),
        constants=constants["value"].astype(float).to_dict(),
    )
