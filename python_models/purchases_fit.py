"""Fit the segmentation, or keep its published model, and emit all it learned."""

from segmentation.learning.emitting import fit_segmentation


def model(dbt, session):
    return fit_segmentation(
        "purchases",
        variables=dbt.ref("segmentation_variables"),
        sample=dbt.ref("purchases_sample"),
        published_fits=dbt.source("previous_publication", "segmentation_fits"),
        published_parameters=dbt.ref("published_parameters"),
        published_loadings=dbt.ref("published_loadings"),
        connection=session,
    )
