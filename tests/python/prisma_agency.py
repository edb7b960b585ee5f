"""The demonstration agency in a Prisma schema, and an export of the same as CSV.

Dirt that types do not let in (numbers as words, ids twice) is left out; names,
categories and cities stay as people typed them.
"""

from pathlib import Path

import duckdb
import psycopg

# By statement that takes a row, the query on the build database that gives them.
ROWS = {
    'insert into "Category" (name) values (%s)': """
        select distinct category_name from staging.stg_enterprises
        where category_name is not null order by all""",
    'insert into "Enterprise" (id, name, "categoryId", address, "isActive",'
    ' "createdAt") values (%s, %s, (select id from "Category" where name = %s),'
    " jsonb_build_object('city', %s::text, 'postalCode', %s::text), %s, %s)": """
        select
            md5(enterprise_id)::uuid, coalesce(enterprise_name, ''), category_name,
            city_name, postal_code, coalesce(is_active, false),
            coalesce(created_on, date '2024-02-29')
        from staging.stg_enterprises where enterprise_id is not null
        qualify row_number() over (partition by enterprise_id order by raw_key) = 1
        order by enterprise_id""",
    'insert into "SocialNetwork" (id, "enterpriseId", platform)'
    " values (%s, %s, %s)": """
        select
            md5(raw_key)::uuid, md5(enterprise_id)::uuid,
            if(platform in ('facebook', 'instagram', 'tiktok', 'linkedin', 'youtube',
                'google_business'), upper(platform), 'OTHER')
        from intermediate.int_social_accounts_disposed
        where surviving_enterprise_id is not null and platform is not null
        order by raw_key""",
    'insert into "Engagement" ("socialNetworkId", "followersCount", "measuredAt")'
    " values (%s, %s, %s)": """
        select
            md5(raw_key)::uuid, followers, coalesce(measured_on, date '2024-02-29')
        from intermediate.int_social_accounts_disposed
        where surviving_enterprise_id is not null and platform is not null
        order by raw_key""",
    'insert into "Turnover" ("enterpriseId", "fiscalYear", "amountEur")'
    " values (%s, %s, %s)": """
        select md5(enterprise_id)::uuid, fiscal_year, turnover_eur
        from intermediate.int_turnover_disposed
        where surviving_enterprise_id is not null and fiscal_year is not null
        order by raw_key""",
}


def write_tables(build_database: Path, connection: psycopg.Connection) -> None:
    """Write what a build has cleaned into the tables of the Prisma schema."""
    with (
        duckdb.connect(str(build_database), read_only=True) as build,
        connection.cursor() as cursor,
    ):
        for statement, query in ROWS.items():
            cursor.executemany(statement, build.sql(query).fetchall())


def export(connection: psycopg.Connection, queries: Path, folder: Path) -> None:
    """Write what the queries return as clean CSV files."""
    folder.mkdir()
    for path in queries.glob("*.sql"):
        # COPY alone would write f where a cast to text writes false.
        query = path.read_text("utf-8").replace('"isActive" as', '"isActive"::text as')
        with (
            (folder / f"{path.stem}.csv").open("wb") as file,
            connection.cursor() as cursor,
            cursor.copy(f"copy ({query}) to stdout (format csv, header)") as rows,
        ):
            file.writelines(rows)
