"""The shipped seeds give the figures of the study that this project replaces."""

import csv
import re
from collections import Counter, defaultdict
from datetime import date, datetime
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from demonstration_clients import planted_enterprises
from PIL import Image
from project_copies import CHECKOUT

ACCOUNTS = "tests/fixtures/demonstration_accounts.csv"
# Sales lie before the youngest row of the other raw tables.
TOO_LATE = date(2025, 7, 1)
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


def test_cleaning_recovers_the_enterprises_that_the_dirt_was_thrown_on(built):
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


def test_the_sales_that_plain_rules_leave_are_those_of_the_planted_accounts():
    sales, fates = clean_sales(read_rows("seeds/raw/raw_sales_lines.csv"))
    planted = read_rows(ACCOUNTS)
    assert 1000 < len(planted) <= sum(fates.values()) <= 10_000
    enterprises = set(planted_enterprises()["enterprise_id"])
    ids = [row["account_id"] for row in planted if row["account_id"].startswith("E")]
    assert len(enterprises.intersection(ids)) == len(ids) == 300
    found = defaultdict(list)
    for sale in sales:
        found[sale["account"]].append(sale)
    assert sorted(found) == [row["account_id"] for row in planted]
    for row in planted:
        lines = found[row["account_id"]]
        total = float(sum(line["quantity"] * line["price"] for line in lines))
        orders = [line["contract_id"] or line["number"] for line in lines]
        days = [line["day"].isoformat() for line in lines]
        assert (
            *(float(row["total_sales_eur"]), float(row["avg_order_value_eur"])),
            *(int(row["order_count"]), int(row["distinct_product_count"])),
            *(row["first_sold_on"], row["last_sold_on"], {row["country"]}),
        ) == (
            *(total, total / len(set(orders)), len(set(orders))),
            len({line["product"] for line in lines}),
            *(min(days), max(days)),
            {COUNTRY[line["country"].strip()[:2].upper()] for line in lines} - {None},
        )


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


def test_every_kind_of_dirt_is_in_the_sales():
    rows = read_rows("seeds/raw/raw_sales_lines.csv")
    sales, fates = clean_sales(rows)
    assert fates.keys() == {
        *("used", "account_id", "quantity", "unit_price_eur", "sold_on"),
        *("duplicate", "other_name", "cancelled", "lonely_credit", "zero"),
    }
    assert min(fates.values()) >= 10
    blank = {name: sum(not sale[name] for sale in sales) for name in COUNTRY_OR_KEY}
    assert min(blank.values()) >= 10, blank
    assert sum(sale["price"] == 0 for sale in sales) >= 10
    for name, least in {"product_name": 100, "country": 10, "sold_on": 1000}.items():
        assert len({sale[name] for sale in sales}) > least
    used = {sale["line_id"] for sale in sales} - {""}
    unreadable = [row for row in rows if read_number(row["quantity"]) is None]
    assert sum(row["line_id"] in used for row in unreadable) >= 10


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


COUNTRY_OR_KEY = ("line_id", "contract_id", "product_code", "country")
# By the first two letters of every spelling.
COUNTRY = {
    **{"FR": "FR", "BE": "BE", "CH": "CH", "SU": "CH", "LU": "LU"},
    **{"": None, "N/": None},
}


def read_rows(path):
    with (CHECKOUT / path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_number(text: str) -> Fraction | None:
    bare = re.sub(r"[\s€]|EUR", "", text)
    if re.fullmatch(r"-?[1-9]\d{0,2}([.,]\d{3})+", bare):
        bare = re.sub("[.,]", "", bare)
    try:
        return Fraction(bare.replace(",", "."))
    except ValueError:
        return None


def read_day(text: str) -> date | None:
    try:
        if "/" in text:
            return datetime.strptime(text, "%d/%m/%Y").date()
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def clean_sales(rows):
    """Return the usable lines, and the number of lines by what becomes of them."""
    fates, kept, by_sale = Counter(), {}, defaultdict(list)
    for number, row in enumerate(rows):
        line = row | {
            "number": number,
            "account": row["account_id"].strip(),
            "product": row["product_code"] or row["product_name"],
            "quantity": read_number(row["quantity"]),
            "price": read_number(row["unit_price_eur"]),
            "day": read_day(row["sold_on"]),
        }
        key = row["line_id"] or number
        if not re.fullmatch(r"[AE]\d+", line["account"]):
            fates["account_id"] += 1
        elif line["quantity"] is None:
            fates["quantity"] += 1
        elif line["price"] is None or not 0 <= line["price"] < 10**6:
            fates["unit_price_eur"] += 1
        elif line["day"] is None or not date(1950, 1, 1) <= line["day"] < TOO_LATE:
            fates["sold_on"] += 1
        elif key in kept:
            fates["duplicate" if kept[key] == row else "other_name"] += 1
        else:
            kept[key] = row
            sale = [
                line[name] for name in ("account", "contract_id", "product", "price")
            ]
            by_sale[*sale, abs(line["quantity"])].append(line)
    used = []
    for lines in by_sale.values():
        lines.sort(key=lambda line: (line["day"], -line["quantity"]))
        sales = []
        for line in lines:
            if line["quantity"] > 0:
                sales.append(line)
            elif line["quantity"] == 0:
                fates["zero"] += 1
            elif sales:
                sales.pop()
                fates["cancelled"] += 2
            else:
                fates["lonely_credit"] += 1
        used += sales
    fates["used"] = len(used)
    return used, fates


def _plain(value: object) -> object:
    """Bring database and pandas values to one form: None, text, bool or float."""
    if value is None or value is pd.NA or value != value:
        return None
    return value if isinstance(value, str | bool) else float(value)
