"""A fitted model as rows of a table, and back: the project's model format.

One row per learned number or text. ``parameter`` says which:

=================== ================ ========= ========== =======================
parameter           feature_name     category  cluster_id value
=================== ================ ========= ========== =======================
imputation          numeric          NULL      NULL       value for an unknown one
center, scale       numeric          NULL      NULL       as in (x - center)/scale
imputed_category    categorical      category  NULL       NULL
category            categorical      category  NULL       NULL
centroid            any              if any    cluster    coordinate
settings            NULL             NULL      NULL       NULL, JSON in text_value
library_versions    NULL             NULL      NULL       NULL, JSON in text_value
fingerprint         NULL             NULL      NULL       NULL, md5 in text_value
reason              NULL             NULL      NULL       NULL, word in text_value
sample_count,       NULL             NULL      NULL       the figure
inertia, silhouette
=================== ================ ========= ========== =======================

``position`` keeps the order of features and categories; ``row_number`` counts the rows
from 1 and is their key.
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
    "parameter": "varchar",
    "position": "integer",
    "feature_name": "varchar",
    "category": "varchar",
    "cluster_id": "integer",
    "value": "double",
    "text_value": "varchar",
}


def model_to_rows(model: FittedModel, *, reason: str) -> pd.DataFrame:
    """Write a fitted model as rows.

    Parameters
    ----------
    model : FittedModel
    reason : str
        Why it was fitted (see :mod:`segmentation.learning.refitting`).

    Returns
    -------
    pandas.DataFrame, shape (n_rows, 8)
        The columns of the module's table, in a fixed order of rows.
    """
    rows: list[dict] = []

    def add(parameter: str, **columns: object) -> None:
        rows.append({"row_number": len(rows) + 1, "parameter": parameter, **columns})

    add("settings", text_value=model.settings.to_json())
    add("library_versions", text_value=json.dumps(model.library_versions))
    add("fingerprint", text_value=model.fingerprint())
    add("reason", text_value=reason)
    add("sample_count", value=float(model.sample_count))
    add("inertia", value=model.inertia)
    add("silhouette", value=model.silhouette)
    for position, feature in enumerate(model.numeric):
        place = {"position": position, "feature_name": feature.name}
        add("imputation", **place, value=feature.imputation)
        add("center", **place, value=feature.center)
        add("scale", **place, value=feature.scale)
    for position, feature in enumerate(model.categorical):
        add(
            "imputed_category",
            position=position,
            feature_name=feature.name,
            category=feature.imputation,
        )
    for position, (feature_name, category) in enumerate(model.columns()):
        if category is not None:
            add(
                "category",
                position=position,
                feature_name=feature_name,
                category=category,
            )
    for cluster_id, centroid in enumerate(model.centroids):
        for position, (feature_name, category) in enumerate(model.columns()):
            add(
                "centroid",
                position=position,
                feature_name=feature_name,
                category=category,
                cluster_id=cluster_id,
                value=float(centroid[position]),
            )
    return pd.DataFrame(rows, columns=list(COLUMN_TYPES))


def model_from_rows(rows: pd.DataFrame) -> FittedModel:
    """Read back what :func:`model_to_rows` wrote.

    Parameters
    ----------
    rows : pandas.DataFrame
        In any order of rows.
    """
    by_parameter = {
        name: group.sort_values("position")
        for name, group in rows.groupby("parameter", sort=False)
    }

    def text(parameter: str) -> str:
        return by_parameter[parameter]["text_value"].iloc[0]

    def figure(parameter: str) -> float:
        return float(by_parameter[parameter]["value"].iloc[0])

    def by_feature(parameter: str) -> dict[str, float]:
        # In the order of the columns; empty where every numeric feature was dropped.
        group = by_parameter.get(parameter, rows.iloc[:0])
        return dict(zip(group["feature_name"], group["value"], strict=True))

    settings = FitSettings.from_json(text("settings"))
    imputations, centers, scales = map(by_feature, ("imputation", "center", "scale"))
    categories = by_parameter.get("category")
    imputed = by_parameter.get("imputed_category")
    centroids = by_parameter["centroid"].pivot(
        index="cluster_id", columns="position", values="value"
    )
    return FittedModel(
        settings=settings,
        numeric=tuple(
            NumericFeature(
                name=name,
                imputation=imputation,
                center=centers[name],
                scale=scales[name],
                is_log=name in settings.log_features,
            )
            for name, imputation in imputations.items()
        ),
        categorical=tuple(
            CategoricalFeature(
                name=name,
                imputation=imputed.loc[
                    imputed["feature_name"] == name, "category"
                ].iloc[0],
                categories=tuple(
                    categories.loc[categories["feature_name"] == name, "category"]
                ),
            )
            for name in settings.categorical_features
        ),
        centroids=np.ascontiguousarray(centroids.sort_index().to_numpy(dtype=float)),
        sample_count=int(figure("sample_count")),
        inertia=figure("inertia"),
        silhouette=figure("silhouette"),
        library_versions=json.loads(text("library_versions")),
    )
