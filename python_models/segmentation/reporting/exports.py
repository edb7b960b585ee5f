"""Files that people take away: for spreadsheets, programs, a CRM, platforms, others.

The dialect of the CSV files is the one that Excel opens by a double click where the
decimal separator is a comma: UTF-8 with a byte-order mark, fields apart by semicolons,
lines ended by CR LF, quotes as in RFC 4180. Each row is one line.
`assets/recommandations.schema.json` describes the JSON of segments; raise
``SCHEMA_VERSION`` there and here when a field is renamed or removed.
"""

import json
import re
import unicodedata
from functools import lru_cache
from pathlib import Path

from duckdb import DuckDBPyConnection

from segmentation.reporting.audiences import write_audiences
from segmentation.sql_text import fetch_dicts, quoted, text

CSV_NAME = "entreprises_clusterisées.csv"
CELLS_NAME = "segments_by_city_and_family.csv"
JSON_NAME = "recommandations.json"
CLIENTS_NAME = "clients.json"
SCHEMA_VERSION = 1
# Of texts in two languages, and of what has a text, one is written: `{}` is it.
COLUMNS = (
    *("enterprise_id", "enterprise_name", "category_name", "category_group"),
    *("city_name", "segment_key", "segment_name_{}", "segment_since"),
    "previous_segment_key",
    *("followers_facebook", "followers_instagram", "followers_tiktok"),
    *("followers_other", "followers_total", "follower_growth_per_30_days"),
    *("turnover_eur", "priority_score", "priority_rank", "priority_reason_{}"),
    "engagement_score",
    *(
        "engagement_is_lower_bound",
        "engagement_level_{}",
        "target_platform",
        "actions_{}",
        "explanation_{}",
    ),
    *("is_set_by_hand", "assignment_margin"),
)
CELL_COLUMNS = (
    *("segment_name_{}", "city_name", "category_group", "enterprise_count"),
    "suppressed_cell_count",
)
YES_AND_NO = {"fr": ("oui", "non"), "en": ("yes", "no")}
ROWS_AT_A_TIME = 10_000
# Four decimals tell apart what a reader can tell apart; the table has all of them.
DECIMALS = 4

# Control characters, and the two separators that some programs break lines at.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_SEGMENTS = """
    with platforms as (
        select platform, max(platform_name) as platform_name
        from enterprise_recommendations where platform <> 'any' group by platform
    ),
    reached as (
        select recommendation_id, count(*) as enterprise_count
        from enterprise_recommendations group by recommendation_id
    ),
    recommended as (
        select segment_key, list({
            'recommendation_id': recommendation_id, 'platform': platform,
            'platform_name': platform_name, 'priority': priority,
            'category_name': category_name, 'category_group': category_group,
            'city_name': city_name, 'action_fr': action_fr, 'action_en': action_en,
            'enterprise_count': coalesce(enterprise_count, 0)
        } order by platform, priority, recommendation_id) as recommendations
        from cluster_recommendations
        left join platforms using (platform)
        left join reached using (recommendation_id)
        where segmentation = 'visibility' group by segment_key
    )
    select segment_key, segment_name_fr, segment_name_en,
        segment_profile_fr as profile_fr, segment_profile_en as profile_en,
        segment_aim_fr as aim_fr, segment_aim_en as aim_en, segment_colour,
        member_count as enterprise_count,
        coalesce(recommendations, []) as recommendations
    from segment_overview left join recommended using (segment_key)
    where segmentation = 'visibility' and (is_named_segment or member_count > 0)
    order by display_order nulls last, segment_key
"""

# The tables of the CRM files, of which a publication may have none.
_CRM_TABLES = ("account_segments", "crm_fields")
_CRM_RECORDS = {
    "crm_segments": """
        select * replace (segment_since::date as segment_since),
            rfm_segment_name_{language} as rfm_segment_name
        from account_segments""",
    # On the first publication everybody is added.
    "crm_segments_changes": """
        select member_id as account_id,
            case cause when 'new' then 'added' when 'gone' then 'removed'
                else 'changed' end as change,
            to_segment_key as segment_key, segment_name_{language} as segment_name,
            case when cause <> 'gone' then changed_at::date end as segment_since,
            from_segment_key as previous_segment_key
        from segment_changes
        left join segment_registry
            on segment_changes.segmentation = segment_registry.segmentation
            and to_segment_key = segment_key
        where segment_changes.segmentation = 'purchases'
            and changed_at = (select published_at from publication)""",
}


def write_exports(
    published: DuckDBPyConnection, folder: Path, *, language: str
) -> None:
    write_enterprises_csv(published, folder / CSV_NAME, language=language)
    if _has_tables(published, "segments_by_city_and_family"):
        write_cells_csv(published, folder / CELLS_NAME, language=language)
    write_recommendations_json(published, folder / JSON_NAME)
    write_clients_json(published, folder / CLIENTS_NAME, language=language)
    write_crm_files(published, folder, language=language)
    write_audiences(published, folder)


def write_enterprises_csv(
    published: DuckDBPyConnection, path: Path, *, language: str = "fr"
) -> None:
    """Write the table ``enterprise_segments`` to a CSV file, in the order of its key.

    Headers are those of the seed ``export_headers``. NULL is an empty field, times are
    dates, numbers have a decimal comma in either language, for the dialect is the
    spreadsheet's and not the reader's.
    """
    table = "enterprise_segments"
    _write_csv(published, path, table, COLUMNS, "enterprise_id", language=language)


def write_cells_csv(
    published: DuckDBPyConnection, path: Path, *, language: str = "fr"
) -> None:
    """Write the aggregate without names in the same dialect, for public bodies."""
    table, order = "segments_by_city_and_family", "segment_key, cell_number"
    _write_csv(published, path, table, CELL_COLUMNS, order, language=language)


def _write_csv(
    published: DuckDBPyConnection,
    path: Path,
    table: str,
    listed: tuple[str, ...],
    order: str,
    *,
    language: str,
) -> None:
    columns = _present(published, table, listed, language=language)
    headers = {name: name for name in columns}
    if _has_tables(published, "export_headers"):
        headers |= published.sql(
            f"select column_name, header_{language} from export_headers"
        ).fetchall()
    query = f"select {', '.join(columns.values())} from {table}"
    types = published.sql(query).types
    cells = ", ';', ".join(
        _cell(name, str(type_), *YES_AND_NO[language])
        for name, type_ in zip(columns.values(), types, strict=True)
    )
    lines = f"select concat({cells}, '\r\n') from {table}"
    published.create_function("harmless_cell", _harmless_cell, ["varchar"], "varchar")
    try:
        # A connection gives rows by the batch; a relation of DuckDB 2 all at once.
        rows = published.execute(f"{lines} order by {order}")
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            written = (_harmless_cell(headers[name]) for name in columns)
            file.write(";".join(written) + "\r\n")
            while batch := rows.fetchmany(ROWS_AT_A_TIME):
                file.writelines(line for (line,) in batch)
    finally:
        published.remove_function("harmless_cell")


def _has_tables(published: DuckDBPyConnection, *tables: str) -> bool:
    """Tell whether all tables are there: an earlier publication may lack them."""
    listed = published.sql("select name from (show tables)").fetchall()
    return {name for (name,) in listed}.issuperset(tables)


def _present(
    published: DuckDBPyConnection, table: str, listed: tuple[str, ...], *, language: str
) -> dict[str, str]:
    """Give the columns that a table has of those listed, by their name in a file."""
    present = published.table(table).columns
    columns = {name.removesuffix("_{}"): name.format(language) for name in listed}
    return {name: column for name, column in columns.items() if column in present}


def harmless_text(value: str) -> str:
    """Write a text so that no spreadsheet runs it and it stays on one line.

    A spreadsheet takes a cell that begins with ``=``, ``+``, ``-`` or ``@`` for a
    formula, also in full width and behind spaces or invisible characters. Behind an
    apostrophe it is text; the apostrophe stays visible. Control characters, line
    breaks and tabs among them, become one space.

    References
    ----------
    OWASP, CSV Injection, https://owasp.org/www-community/attacks/CSV_Injection.
    """
    if not value.isprintable():
        value = _CONTROL.sub(" ", value)
    # Most texts begin with a letter; a million rows have ten million texts.
    if value[:1].isalnum():
        return value
    for character in value:
        if unicodedata.category(character)[0] not in "ZC":
            # The compatibility form of a full-width or small sign is the sign itself.
            is_sign = unicodedata.normalize("NFKC", character)[0] in "=+-@"
            return "'" + value if is_sign else value
    return value


def _harmless_cell(value: str) -> str:
    value = harmless_text(value)
    doubled = value.replace('"', '""')
    return f'"{doubled}"' if '"' in value or ";" in value else value


def _cell(name: str, column_type: str, yes: str, no: str) -> str:
    """Give the SQL expression of a cell; NULL is nothing in a concatenation."""
    if column_type in ("INTEGER", "BIGINT"):
        return name
    if column_type == "BOOLEAN":
        return f"case when {name} then '{yes}' when not {name} then '{no}' end"
    if column_type == "TIMESTAMP":
        return f"strftime({name}, '%Y-%m-%d')"
    if column_type == "DOUBLE":
        return f"replace(format('{{:.{DECIMALS}f}}', {name}), '.', ',')"
    if column_type.startswith("DECIMAL"):
        return f"replace({name}::varchar, '.', ',')"
    # Nearly all texts begin with a letter or digit and hold nothing odd: the engine
    # sees that at once.
    start, odd = r"[\p{L}\p{N}]", r"\p{C}\p{Zl}\p{Zp}"
    return f"""case
        when regexp_full_match({name}, '{start}[^{odd}";]*') then {name}
        when regexp_full_match({name}, '{start}[^{odd}"]*') then '"' || {name} || '"'
        else harmless_cell({name})
    end"""


def write_recommendations_json(published: DuckDBPyConnection, path: Path) -> None:
    """Write the segments that have a name or an enterprise with their recommendations.

    The file ends with a line break and has neither clock nor fit in it: the same data
    give the same bytes.
    """
    segments = fetch_dicts(published.execute(_SEGMENTS))
    document = {"schema_version": SCHEMA_VERSION, "segments": segments}
    written = json.dumps(document, ensure_ascii=False, indent=2)
    path.write_text(written + "\n", encoding="utf-8", newline="\n")


def write_clients_json(
    published: DuckDBPyConnection, path: Path, *, language: str
) -> None:
    """Write an object per client with its recommendations, each on a line of its own.

    Fields are the columns of the CSV under their own names, texts in one language.
    """
    columns = _present(published, "enterprise_segments", COLUMNS, language=language)
    # The same actions as one text.
    columns.pop("actions", None)
    fields = ", ".join(f"'{name}': {column}" for name, column in columns.items())
    # A million plans are some hundred different ones of some dozen actions: each is
    # written once.
    action = f"recommendation_id, platform, action_{language}, matched_on"
    published.execute(f"""
        create or replace temp table actions_written as
        select {action}, row_number() over (order by {action}) - 1 as action_number,
            to_json({{
                'recommendation_id': recommendation_id, 'platform': platform,
                'action': action_{language}, 'matched_on': matched_on
            }})::varchar as written
        from (select distinct {action} from enterprise_recommendations)""")
    actions = published.sql(
        "select written from actions_written order by action_number"
    )
    written = [action for (action,) in actions.fetchall()]

    @lru_cache(maxsize=ROWS_AT_A_TIME)
    def plan_as_json(plan: str | None) -> bytes:
        numbers = map(int, plan.split()) if plan else ()
        return f"[{','.join(written[number] for number in numbers)}]".encode()

    # By the batch: a million do not fit the memory. Tables lie in the order of their
    # keys, so that each batch is read where it is.
    query = f"""
        with planned as (
            select enterprise_id, string_agg(
                action_number, ' ' order by recommendation_rank, recommendation_id
            ) as plan
            from enterprise_recommendations
            inner join actions_written using ({action})
            where enterprise_id between $first and $last
            group by enterprise_id
        )
        select to_json({{{fields}}})::varchar, plan
        from enterprise_segments left join planned using (enterprise_id)
        where enterprise_id between $first and $last
        order by enterprise_id"""
    batches = published.execute(f"""
        select min(enterprise_id) as first, max(enterprise_id) as last from (
            select enterprise_id, row_number() over (order by enterprise_id) as number
            from enterprise_segments
        ) group by number // {ROWS_AT_A_TIME} order by first""").fetchall()
    with path.open("wb") as file:
        file.write(f'{{"schema_version": {SCHEMA_VERSION}, "clients": ['.encode())
        separator = b"\n"
        for first, last in batches:
            bounds = {"first": first, "last": last}
            for client, plan in published.execute(query, bounds).fetchall():
                file.write(separator)
                file.write(client.removesuffix("}").encode())
                file.write(b',"recommendations":')
                file.write(plan_as_json(plan))
                file.write(b"}")
                separator = b",\n"
        file.write(b"\n]}\n")


def write_crm_files(
    published: DuckDBPyConnection, folder: Path, *, language: str
) -> None:
    """Write who is in which segment, and what changed, for a CRM's bulk upload.

    UTF-8 without a byte-order mark, commas, headers from the seed ``crm_fields``, ISO
    dates, and ``#N/A`` where a field is to be emptied, as Salesforce's Bulk API 2.0
    takes it. Keys are written exactly as they are, for a program reads them: open the
    file in a spreadsheet as text only. No file of a publication without accounts.
    """
    if not _has_tables(published, *_CRM_TABLES):
        return
    if not published.table("account_segments").limit(1).fetchall():
        return
    for name, records in _CRM_RECORDS.items():
        fields = published.execute(
            "select field, header from crm_fields where file_name = ?"
            " order by position",
            [name],
        ).fetchall()
        columns = ", ".join(
            f"{quoted(field)} as {quoted(header)}" for field, header in fields
        )
        if columns:
            published.execute(
                f"copy (select {columns} from ({records.format(language=language)})"
                f" order by account_id) to {text(str(folder / f'{name}.csv'))}"
                " (format csv, header, delimiter ',', nullstr '#N/A')"
            )
