"""A sample is read as scikit-learn takes it."""

from planted_data import make_members, make_settings
from segmentation.learning.sampling import read_sample


def as_relation(connection, sample):
    """Store a sample as the table that a Python model reads, ranked by its rows."""
    ranked = connection.from_df(sample).project(
        "*, row_number() over () as sample_rank"
    )
    ranked.create("members")
    return connection.table("members")


def test_the_sample_is_ordered_by_key_and_cut_by_rank(connection):
    table = make_members(60).sample(frac=1, random_state=3)
    relation = as_relation(connection, table)
    whole = read_sample(relation, settings=make_settings())
    first = read_sample(relation, settings=make_settings(), size=20)
    assert whole["member_id"].tolist() == sorted(table["member_id"])
    assert first["member_id"].tolist() == sorted(table["member_id"].head(20))


def test_an_unknown_number_is_nan_and_an_unknown_text_is_none(connection):
    """SimpleImputer replaces these two; it would take a NULL of pandas for a value."""
    relation = connection.sql(
        "select * from (values ('b', 1, null, null), ('a', 2, 12.5::double, 'café'))"
        ' as rows (member_id, sample_rank, "the ""net"" income", kind)'
    )
    settings = make_settings(
        numeric_features=('the "net" income',), categorical_features=("kind",)
    )
    sample = read_sample(relation, settings=settings)
    assert list(sample.columns) == ["member_id", 'the "net" income', "kind"]
    assert sample['the "net" income'].dtype == "float64"
    assert sample['the "net" income'].fillna(-1).tolist() == [12.5, -1]
    assert sample["kind"].tolist() == ["café", None]
