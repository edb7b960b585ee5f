"""Match each cluster of every segmentation to the segment it stands for."""

from segmentation.learning.identity import identify_segments


def model(dbt, session):
    variables = dbt.ref("segmentation_variables")
    clusters = dbt.ref("clusters_measured")
    known = dbt.ref("segments_known")
    shared = dbt.ref("members_shared")
    fits = dbt.ref("current_fits")
    published_clusters = dbt.source("previous_publication", "fit_clusters")

    return identify_segments(
        variables=variables,
        clusters=clusters,
        known=known,
        shared=shared,
        fits=fits,
        published_clusters=published_clusters,
        connection=session,
    )
