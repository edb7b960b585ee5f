"""Evaluate the segmentation: numbers of clusters, stability, other approaches."""

from segmentation.evaluation.evaluating import evaluate_segmentation


def model(dbt, session):
    return evaluate_segmentation(
        "purchases",
        variables=dbt.ref("segmentation_variables"),
        sample=dbt.ref("purchases_sample"),
        fit=dbt.ref("purchases_fit"),
        history=dbt.ref("member_history"),
        published_fits=dbt.source("previous_publication", "segmentation_fits"),
        published_evaluation=dbt.source("previous_publication", "evaluation_figures"),
        connection=session,
    )
