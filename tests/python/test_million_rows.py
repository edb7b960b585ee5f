"""A build over dirt in every column accounts for every raw row."""

from pathlib import Path

import pytest
from million_rows import DIRTY_SHARE, make_dirty, make_tables, run


def test_every_column_is_written_with_its_share_of_dirt() -> None:
    for name, table in make_tables(20_000).items():
        dirty = make_dirty(table)
        assert len(dirty) == len(table), name
        changed = (dirty != table).mean()
        # Copies of other rows differ as well, and some ways change nothing.
        assert changed.between(DIRTY_SHARE / 2, DIRTY_SHARE + 0.03).all(), name


@pytest.mark.slow
def test_twenty_thousand_dirty_rows_are_used_or_rejected_once_and_unchanged(
    tmp_path: Path,
) -> None:
    account, _ = run(20_000, tmp_path)
    assert account["row_count"].sum() == 20_000
    assert (
        account["used_count"] + account["rejected_count"] == account["row_count"]
    ).all()
    assert (account["compared_count"] > account["used_count"] * 0.9).all()
    wrong = account[["lost_count", "twice_count", "changed_count"]]
    assert not wrong.to_numpy().any(), account
