"""The segmentation of accounts says what plain computations of the same say."""

import shutil

import numpy as np
import pandas as pd
import pytest
from conftest import MESSY_AGENCY, build_once
from project_copies import CHECKOUT
from sklearn.cluster import KMeans
from sklearn.preprocessing import QuantileTransformer, StandardScaler

FIXTURES = CHECKOUT / "tests" / "fixtures"
CDNOW_END = "1997-09-30"
FEATURES = ["total_sales_eur", "order_count", "avg_order_value_eur"]


@pytest.fixture(scope="module")
def accounts(built):
    """Provide the published accounts of the demonstration, by id."""
    columns = [
        *(
            "account_id",
            "cluster_id",
            "first_sold_on::varchar",
            "last_sold_on::varchar",
        ),
        *("distinct_product_count", "country", "recency_days"),
        *("recency_score", "frequency_score", "monetary_score", "rfm_segment_key"),
        *(f"{feature}::double" for feature in FEATURES),
    ]
    rows = built.rows(f"select {', '.join(columns)} from account_segments")
    names = [column.partition(":")[0] for column in columns]
    table = pd.DataFrame(rows, columns=names).sort_values("account_id")
    return table.set_index("account_id")


def test_the_accounts_of_the_demonstration_are_those_beneath_its_lines(accounts):
    planted = pd.read_csv(
        FIXTURES / "demonstration_accounts.csv", dtype={"account_id": str}
    ).set_index("account_id")
    columns = [column for column in planted.columns if column != "kind"]
    pd.testing.assert_frame_equal(
        accounts[columns], planted[columns].sort_index(), check_dtype=False
    )


def test_scores_are_the_fifths_of_ranks_that_pandas_cuts_and_name_a_segment(accounts):
    """Of equal values the first by id ranks first; the most recent scores the most."""
    for score, values in {
        "recency_score": -accounts["recency_days"],
        "frequency_score": accounts["order_count"],
        "monetary_score": accounts["total_sales_eur"],
    }.items():
        ranks = values.rank(method="first")
        expected = pd.qcut(ranks, 5, labels=range(1, 6)).astype(int)
        assert expected.tolist() == accounts[score].tolist(), score
    segments = pd.read_csv(CHECKOUT / "seeds/reference/rfm_segments.csv")
    pairs = accounts.merge(segments, how="cross", suffixes=("", "_of_seed"))
    for name in ("recency", "frequency", "monetary"):
        score = pairs[f"{name}_score"]
        pairs = pairs[score.between(pairs[f"{name}_from"], pairs[f"{name}_to"])]
    assert len(pairs) == len(accounts)
    assert (pairs["rfm_segment_key"] == pairs["rfm_segment_key_of_seed"]).all()


def test_clusters_are_those_of_k_means_on_ranks(accounts):
    """Labels differ between the two by numbers only, account by account."""
    features = accounts[FEATURES].to_numpy()
    ranks = QuantileTransformer(
        n_quantiles=min(1000, len(features)), subsample=None
    ).fit_transform(features)
    labels = KMeans(n_clusters=4, n_init=10, random_state=42).fit_predict(
        StandardScaler().fit_transform(ranks)
    )
    pairs = set(zip(labels, accounts["cluster_id"], strict=True))
    assert len(pairs) == len({label for label, _ in pairs}) == 4


@pytest.mark.nightly
def test_the_published_summary_of_cdnow_is_found_again(tmp_path_factory):
    """Frequency, recency, age and mean spend of its 2,357 customers, as files."""
    raw_files = tmp_path_factory.mktemp("cdnow_files")
    shutil.copytree(MESSY_AGENCY, raw_files, dirs_exist_ok=True)
    lines = pd.read_csv(FIXTURES / "cdnow" / "sales_lines.csv", dtype=str)
    lines = lines[lines["sold_on"] <= CDNOW_END]
    lines.to_csv(raw_files / "sales_lines.csv", index=False)
    project = build_once(
        tmp_path_factory,
        "cdnow",
        raw_source="files",
        evaluate="false",
        data_set="cdnow",
        as_of=f"{CDNOW_END} 12:00:00",
        RAW_DATA_DIR=str(raw_files),
    )
    columns = ["ID", "x", "recency_days", "tenure_days", "total_sales"]
    accounts = pd.DataFrame(
        project.rows(
            "select account_id::int, purchase_day_count - 1, recency_days, tenure_days,"
            " total_sales_eur::double from account_segments"
        ),
        columns=columns,
    ).set_index("ID")
    first_days = dict(
        project.rows(
            "select account_id::int, sum(sales_eur)::double"
            " from intermediate.int_sales_lines_disposed"
            " inner join features.account_features using (account_id)"
            " where disposition = 'used' and sold_on = first_sold_on group by 1",
            database=project.build_database,
        )
    )
    summary = pd.read_csv(FIXTURES / "cdnow" / "summary.csv").set_index("ID")
    accounts = accounts.reindex(summary.index)
    assert len(summary) == 2357
    assert accounts["x"].tolist() == summary["x"].tolist()
    days = (accounts["tenure_days"] - accounts["recency_days"]).where(
        accounts["x"] > 0, 0
    )
    assert np.abs(days / 7 - summary["t_x"]).max() < 0.00501
    assert np.abs(accounts["tenure_days"] / 7 - summary["T"]).max() < 0.00501
    later = accounts["total_sales"] - accounts.index.map(first_days)
    mean_spend = (later / accounts["x"]).where(accounts["x"] > 0, 0)
    assert np.abs(mean_spend - summary["zbar"]).max() < 0.01


@pytest.mark.nightly
def test_accounts_change_and_nobody_else_does_until_there_are_no_sales(project):
    """A day with changed lines, then one without any."""
    scores = "recency_score, frequency_score, monetary_score, rfm_segment_key"
    accounts = f"select account_id, segment_key, {scores} from account_segments"
    before = {account: rest for account, *rest in project.rows(accounts)}
    cut_points = project.rows("from rfm_cut_points order by all")
    ((gone, *_), *_) = project.rows(
        "select account_id from account_segments where segment_key = 'small_orders'"
    )
    ((moving, *_), *_) = project.rows(
        "select account_id from account_segments"
        " where segment_key = 'occasional_buyers' and enterprise_name is null"
    )
    with project.edited_csv("seeds/raw/raw_sales_lines.csv") as rows:
        header, *lines = rows
        column = header.index("account_id")
        rows[:] = [header, *(line for line in lines if line[column] != gone)]
        for account, orders, price in (("new, 1", 4, "900.00"), (moving, 15, "120.00")):
            for n in range(orders):
                sold_on = f"2025-06-{n + 1:02}"
                key = f"{account} {n}"
                rows.append([key, account, key, "P", "Pack", "1", price, sold_on, "FR"])
    with project.edited_csv("seeds/reference/segments.csv") as rows:
        name = rows[0].index("segment_name_fr")
        for row in rows:
            if row[1] == "regular_buyers":
                row[name] = 'Les "réguliers", fidèles'
    project.succeed("build", as_of="2025-06-30 18:00:00", evaluate="false")
    after = {account: rest for account, *rest in project.rows(accounts)}
    assert project.rows("from rfm_cut_points order by all") == cut_points
    assert after.keys() - before.keys() == {"new, 1"}
    assert before.keys() - after.keys() == {gone}
    stayed = before.keys() & after.keys() - {moving}
    assert {n: after[n] for n in stayed} == {n: before[n] for n in stayed}
    exports = project.published.parent / "exports"
    changes = (exports / "crm_segments_changes.csv").read_text(encoding="utf-8")
    header, *lines = changes.splitlines()
    assert header == (
        "Id,Segment_Change__c,Segment_Key__c,Segment_Name__c,Segment_Since__c"
    )
    regular = '"Les ""réguliers"", fidèles"'
    assert sorted(lines) == sorted(
        [
            '"new, 1",added,large_orders,Gros paniers,2025-06-30',
            f"{gone},removed,#N/A,#N/A,#N/A",
            f"{moving},changed,regular_buyers,{regular},2025-06-30",
        ]
    )
    everybody = (exports / "crm_segments.csv").read_text(encoding="utf-8")
    assert len(everybody.splitlines()) == len(after) + 1

    visible = "select * from enterprise_segments order by all"
    of_visibility = project.rows(visible)
    seed = project.folder / "seeds/raw/raw_sales_lines.csv"
    seed.write_text(seed.read_text("utf-8").split("\n")[0] + "\n", encoding="utf-8")
    refused = project.dbt(
        "build", "--select", "+int_raw_data_checked", as_of="2025-06-30 19:00:00"
    )
    assert refused.returncode
    assert "a_far_smaller_or_larger_export_is_confirmed" in refused.stdout
    assert len(project.rows(accounts)) == len(after)
    later = {"as_of": "2025-06-30 19:00:00", "evaluate": "false"}
    said = project.succeed("build", **later, confirm_size="true")
    assert "no rows, so the segmentation purchases is left out" in said
    assert project.rows(accounts) == []
    assert project.rows(visible) == of_visibility
    assert not (exports / "crm_segments.csv").exists()
