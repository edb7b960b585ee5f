"""Draw the charts that people look at, in every language."""

from segmentation.reporting.charts.drawing import draw_charts
from segmentation.reporting.charts.sources import ChartSources


def model(dbt, session):
    int_segments_described = dbt.ref("int_segments_described")
    enterprise_segments = dbt.ref("enterprise_segments")
    cluster_profiles = dbt.ref("cluster_profiles")
    cluster_category_mix = dbt.ref("cluster_category_mix")
    cluster_city_mix = dbt.ref("cluster_city_mix")
    cluster_count_evaluation = dbt.ref("cluster_count_evaluation")
    projection_components = dbt.ref("projection_components")
    segment_migrations = dbt.ref("segment_migrations")
    chart_texts = dbt.ref("chart_texts")

    return draw_charts(
        ChartSources(
            int_segments_described=int_segments_described,
            enterprise_segments=enterprise_segments,
            cluster_profiles=cluster_profiles,
            cluster_category_mix=cluster_category_mix,
            cluster_city_mix=cluster_city_mix,
            cluster_count_evaluation=cluster_count_evaluation,
            projection_components=projection_components,
            segment_migrations=segment_migrations,
        ),
        texts=chart_texts,
        connection=session,
    )
