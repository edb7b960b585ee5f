"""Match each cluster of every segmentation to the segment it stands for."""

from segmentation.learning.identity import identify_segments


def model(dbt, session):
    return identify_segments(
        variables=dbt.ref("segmentation_variables"),
        clusters=dbt.ref("clusters_measured"),
        known=dbt.ref("segments_known"),
        shared=dbt.ref("members_shared"),
        fits=dbt.ref("current_fits"),
        published_clusters=dbt.source("previous_publication", "fit_clusters"),
        connection=session,
    )
