"""Lists of digests that advertising platforms take, one per segment.

Beside the whole audience of a segment there is what to add and what to remove since the
publication before. A file that would have no line is not written, so there is none
without contacts.
"""

import re
from pathlib import Path

from duckdb import DuckDBPyConnection

from segmentation.errors import SegmentationError

FOLDER = "audiences"
# The headers that each platform knows an address and a telephone number by (Meta, How
# to format a customer list; Google Ads Help, Upload data files).
PLATFORMS = {"meta": ("email", "phone"), "google": ("Email", "Phone")}
_NAME = re.compile(r"[\w-]+")
# What a line to remove names, no current line of the segment has: who shares a number
# with somebody who leaves must not leave with them.
_LINES = """
    with lines as (
        select distinct segmentation, segment_key, membership <> 'added' as was_there,
            membership <> 'removed' as is_there, {platform}_email_sha256 as email,
            {platform}_phone_sha256 as phone
        from audience_members
    ),
    current as (
        select distinct segmentation, segment_key, email, phone from lines
        where is_there
    ),
    before as (
        select distinct segmentation, segment_key, email, phone from lines
        where was_there
    ),
    gone as (
        select distinct segmentation, segment_key,
            case when not exists (from current where before.email = current.email
                and before.segmentation = current.segmentation
                and before.segment_key = current.segment_key) then email end as email,
            case when not exists (from current where before.phone = current.phone
                and before.segmentation = current.segmentation
                and before.segment_key = current.segment_key) then phone end as phone
        from before
    )
    select '' as ending, * from current
    union all
    select '_add' as ending, * from (from current except from before)
    union all
    select '_remove' as ending, * from gone where coalesce(email, phone) is not null
"""


def write_audiences(published: DuckDBPyConnection, folder: Path) -> None:
    """Write ``<platform>/<segment_key>.csv``, and what was added and removed.

    The name begins with the segmentation where that is not ``visibility``. Lines are
    sorted: the same data give the same bytes. A publication from before there were
    audiences has none.

    Raises
    ------
    SegmentationError
        If the key of a segment is no name of a file.
    """
    is_there = published.execute(
        "select 1 from duckdb_tables() where table_name = 'audience_members'"
    ).fetchall()
    for platform, (email, phone) in PLATFORMS.items() if is_there else ():
        lines = f"({_LINES.format(platform=platform)})"
        files = published.execute(
            f"select distinct segmentation, segment_key, ending from {lines}"
            " order by all"
        ).fetchall()
        for segmentation, segment_key, ending in files:
            prefix = "" if segmentation == "visibility" else f"{segmentation}_"
            name = f"{prefix}{segment_key}{ending}"
            if not _NAME.fullmatch(name):
                raise SegmentationError(
                    f"The segment {segment_key!r} has an audience, and its key is no"
                    " name of a file: write it with letters, digits and underscores."
                )
            path = folder / FOLDER / platform / f"{name}.csv"
            path.parent.mkdir(parents=True, exist_ok=True)
            rows = published.execute(
                f"select coalesce(email, ''), coalesce(phone, '') from {lines}"
                " where (segmentation, segment_key, ending) = (?, ?, ?) order by all",
                [segmentation, segment_key, ending],
            )
            with path.open("w", encoding="ascii", newline="") as file:
                file.write(f"{email},{phone}\n")
                while batch := rows.fetchmany(10_000):
                    file.writelines(f"{','.join(row)}\n" for row in batch)
