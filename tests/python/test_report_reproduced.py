"""The shipped seeds give the figures of the study that this project replaces."""

import duckdb
import numpy as np
import pandas as pd
import pytest
from generate_demonstration_seeds import ACCOUNTS, generate_files, planted_enterprises
from PIL import Image
from project_copies import CHECKOUT
from segmentation.learning.fitting import fit_pipeline
from segmentation.learning.sampling import read_sample
from segmentation.learning.settings import FitSettings

# By segment, in the order of the study's numbers: mean followers in total and on
# Facebook, Instagram and TikTok (table 4.2), and leading categories (table 4.3).
REPORT = {
    "moderate_presence": (
        (2545.7, 1844.0, 701.7, 0.0),
        [
            ("LOISIRS & ACTIVITÉS", 27),
            ("RESTAURATION & BOISSONS", 22),
            ("Produits locaux", 15),
        ],
    ),
    "facebook_leaders": (
        (81680.0, 80333.3, 1346.7, 0.0),
        [("COMMERCE & BOUTIQUES", 1), ("Institut de beauté", 1), ("Librairie", 1)],
    ),
    "balanced_active": (
        (5436.4, 2717.7, 2718.6, 0.0),
        [("Sport", 6), ("LOISIRS & ACTIVITÉS", 4), ("RESTAURATION & BOISSONS", 3)],
    ),
    "low_visibility": (
        (576.9, 485.7, 91.2, 0.0),
        [("Produits locaux", 16), ("RESTAURATION & BOISSONS", 16), ("Automobile", 13)],
    ),
}


def test_the_shipped_seeds_are_as_the_generator_writes_them():
    for path, content in generate_files().items():
        assert (CHECKOUT / path).read_bytes() == content, path


def test_means_and_leading_categories_equal_the_report_to_the_printed_decimal(built):
    """No mean is at the edge of a rounding, no fourth category level with the third."""
    means_by_segment = {
        key: means
        for key, *means in built.rows(
            "select segment_key, mean_followers_total, mean_followers_facebook,"
            " mean_followers_instagram, mean_followers_tiktok from cluster_profiles"
        )
    }
    found = {
        key: (tuple(round(mean, 1) for mean in means), [])
        for key, means in means_by_segment.items()
    }
    for key, *category in built.rows(
        "select segment_key, category_name, enterprise_count from cluster_category_mix"
        " qualify rank() over (partition by segment_key order by enterprise_count desc)"
        " <= 3 order by segment_key, category_rank"
    ):
        found[key][1].append(tuple(category))
    assert found == REPORT
    for key, means in means_by_segment.items():
        assert means == pytest.approx(REPORT[key][0], rel=0, abs=0.048)


def test_421_enterprises_are_active_and_each_is_in_the_segment_that_was_planted(built):
    planted = planted_enterprises().set_index("enterprise_id")["report_cluster"]
    labels = built.rows("select enterprise_id, segment_key from enterprise_segments")
    assert len(labels) == 421
    assert {id_: list(REPORT).index(key) for id_, key in labels} == planted.to_dict()
    assert list(planted.value_counts().sort_index()) == [150, 3, 25, 243]


def test_who_was_not_in_the_fit_is_labelled_as_scikit_learn_would(built):
    """SQL scores inactive enterprises too, whose trades the fit may not know."""
    with duckdb.connect(str(built.build_database), read_only=True) as database:
        [(written,)] = database.sql(
            "select settings from engine.current_fits where segmentation = 'visibility'"
        ).fetchall()
        settings = FitSettings.from_json(written)
        sample, inactive = (
            read_sample(database.sql(f"from segmentations.{table}"), settings=settings)
            for table in ("visibility_sample", "int_inactive_features select *,"
                          " enterprise_id as member_id")
        )  # fmt: skip
    pipeline, _ = fit_pipeline(sample, settings=settings)
    numbers = list(settings.numeric_features)
    labels = pipeline.predict(inactive.astype(dict.fromkeys(numbers, float)))
    found = built.rows(
        "select enterprise_id, cluster_id from inactive_enterprise_segments"
    )
    assert len(found) > 900
    assert dict(found) == dict(zip(inactive["member_id"], labels, strict=True))


def test_cleaning_recovers_the_enterprises_that_the_dirt_was_thrown_on(built):
    """The generator knows the clean table; SQL sees only the dirty one."""
    planted = planted_enterprises().sort_values("enterprise_id")
    columns = [name for name in planted.columns if name != "report_cluster"]
    recovered = built.rows(
        f"select {', '.join(columns)} from features.enterprise_features"
        " order by enterprise_id",
        database=built.build_database,
    )
    expected = planted[columns].itertuples(index=False)
    assert [tuple(map(_plain, row)) for row in recovered] == [
        tuple(map(_plain, row)) for row in expected
    ]


def test_the_planted_accounts_stand_to_each_other_as_in_the_study_of_crm_sales():
    """Mean standardised ranks of the four kinds; the study gives centroids."""
    planted = pd.read_csv(CHECKOUT / ACCOUNTS)
    ranks = planted[["total_sales_eur", "order_count", "avg_order_value_eur"]].rank()
    means = ((ranks - ranks.mean()) / ranks.std(ddof=0)).groupby(planted["kind"]).mean()
    assert {kind: list(mean) for kind, mean in means.iterrows()} == {
        "large_orders": pytest.approx([0.957, 0.430, 1.311], abs=0.25),
        "few_orders": pytest.approx([-0.990, -1.067, 0.401], abs=0.25),
        "frequent_orders": pytest.approx([1.048, 1.310, -0.770], abs=0.25),
        "small_orders": pytest.approx([-0.184, 0.155, -1.108], abs=0.25),
    }


def test_the_committed_pictures_are_what_a_build_draws(built):
    """If not: ``make build demonstration-pictures``, and look."""
    drawn, committed = (
        {path.name: path for path in folder.glob("*.png")}
        for folder in (built.published.parent / "charts", CHECKOUT / "assets/charts")
    )
    assert committed.keys() == drawn.keys()
    for name in drawn:
        ours, theirs = (
            np.asarray(Image.open(pictures[name]).convert("RGB"), dtype=int)
            for pictures in (drawn, committed)
        )
        assert ours.shape == theirs.shape, name
        # Another platform may round an edge otherwise; a digit is hundreds of dots.
        assert (np.abs(ours - theirs).max(axis=2) > 64).sum() <= 5, name
    # Together with their texts they go into a page, once per language.
    assert sum(path.stat().st_size for path in drawn.values()) < 700_000


def test_the_build_runs_without_any_warning(built):
    output = built.build_log
    assert "WARN=0 ERROR=0 SKIP=0" in output
    assert "warning" not in output.lower().replace("0 warnings", "")


def _plain(value: object) -> object:
    """Bring database and pandas values to one form: None, text, bool or float."""
    if value is None or value is pd.NA or value != value:
        return None
    return value if isinstance(value, str | bool) else float(value)
