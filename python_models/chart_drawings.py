"""Draw the charts that people look at, of every segmentation, in every language."""

from segmentation.reporting.charts.drawing import draw_charts


def model(dbt, session):
    tables = {
        "segmentation_variables": dbt.ref("segmentation_variables"),
        "segment_overview": dbt.ref("segment_overview"),
        "segment_sizes_over_time": dbt.ref("segment_sizes_over_time"),
        "cluster_measures": dbt.ref("cluster_measures"),
        "cluster_mix": dbt.ref("cluster_mix"),
        "cluster_count_evaluation": dbt.ref("cluster_count_evaluation"),
        "refit_cadence": dbt.ref("refit_cadence"),
        "projection_components": dbt.ref("projection_components"),
        "projection_loadings": dbt.ref("projection_loadings"),
        "segment_migrations": dbt.ref("segment_migrations"),
        "chart_points": dbt.ref("chart_points"),
        "chart_boxes": dbt.ref("chart_boxes"),
        "chart_cells": dbt.ref("chart_cells"),
        "segmentation_charts": dbt.ref("segmentation_charts"),
        "chart_texts": dbt.ref("chart_texts"),
        "measure_texts": dbt.ref("measure_texts"),
    }
    return draw_charts(
        tables,
        published_drawings=dbt.source("previous_publication", "chart_drawings"),
        connection=session,
    )
