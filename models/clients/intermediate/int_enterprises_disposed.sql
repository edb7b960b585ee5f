with enterprises as (
    select * from {{ ref('stg_enterprises') }}
),

raw_rows as (
    select * from {{ ref('base_enterprises') }}
),

names as (
    select * from {{ ref('int_names_resolved') }}
),

social_accounts as (
    select * from {{ ref('stg_social_accounts') }}
),

turnover as (
    select * from {{ ref('stg_turnover') }}
),

published_members as (
    select * from {{ source('previous_publication', 'member_segments') }}
),

published_enterprises as (
    select distinct
        member_id as enterprise_id,
        true as is_published
    from published_members
    where segmentation in ('{{ segmentations_of("enterprise_id") | join("', '") }}')
),

names_resolved as (
    select
        enterprises.raw_row,
        enterprises.enterprise_id,
        enterprises.enterprise_id_rejection,
        enterprises.enterprise_name,
        enterprises.enterprise_name_key,
        categories.resolved_name as category_name,
        categories.category_group,
        cities.resolved_name as city_name,
        -- A spreadsheet drops leading zeros: 01000 and 1000 are one code.
        {{ replace_all('enterprises.postal_code', '^0+', '') }} as postal_code,
        enterprises.created_on,
        enterprises.is_active,
        case
            when enterprises.is_active then 1
            when enterprises.is_active is null then 2
            else 3
        end as activity_rank,
        case when enterprises.enterprise_name is null then 0 else 1 end
        + case when categories.resolved_name is null then 0 else 1 end
        + case when cities.resolved_name is null then 0 else 1 end
        + case when enterprises.postal_code is null then 0 else 1 end
            as known_field_count
    from enterprises
    left join names as categories
        on
            categories.name_kind = 'category'
            and enterprises.category_key = categories.name_key
    left join names as cities
        on cities.name_kind = 'city' and enterprises.city_key = cities.name_key
),

-- Nearly all ids are of one row and nearly all names of one id, and a window over all
-- rows costs more than to find the others.
ids_repeated as (
    select enterprise_id
    from enterprises
    where enterprise_id is not null
    group by enterprise_id
    having count(*) > 1
),

rows_of_one_id as (
    select
        names_resolved.raw_row,
        names_resolved.enterprise_id,
        names_resolved.enterprise_name_key,
        names_resolved.category_name,
        names_resolved.city_name,
        names_resolved.created_on,
        names_resolved.activity_rank,
        names_resolved.known_field_count,
        {{ row_digest('enterprises', 'raw_rows') }} as digest
    from names_resolved
    inner join ids_repeated
        on names_resolved.enterprise_id = ids_repeated.enterprise_id
    left join raw_rows on names_resolved.raw_row = raw_rows.raw_row
),

rows_of_one_id_ranked as (
    select
        raw_row,
        row_number() over best_first as rank_in_id,
        -- What speaks against one enterprise behind the id.
        case
            when enterprise_name_key <> first_value(enterprise_name_key) over best_first
                then 'enterprise_name'
            when city_name <> first_value(city_name) over best_first then 'city_name'
            when category_name <> first_value(category_name) over best_first
                then 'category_name'
        end as differing_column
    from rows_of_one_id
    window best_first as (
        partition by enterprise_id
        order by
            activity_rank asc,
            known_field_count desc,
            created_on desc nulls last,
            digest asc,
            raw_row asc
    )
),

-- Without a name or a city there is nothing to recognise a duplicate by.
best_rows as (
    select
        names_resolved.enterprise_id,
        names_resolved.enterprise_name_key,
        names_resolved.city_name,
        names_resolved.postal_code,
        names_resolved.activity_rank,
        names_resolved.known_field_count,
        names_resolved.created_on
    from names_resolved
    left join rows_of_one_id_ranked using (raw_row)
    where
        names_resolved.enterprise_id is not null
        and names_resolved.enterprise_name_key is not null
        and names_resolved.city_name is not null
        and coalesce(rows_of_one_id_ranked.rank_in_id, 1) = 1
),

names_repeated as (
    select
        enterprise_name_key,
        city_name,
        min(postal_code) <> max(postal_code) as is_in_several_places
    from best_rows
    group by enterprise_name_key, city_name
    having count(*) > 1
),

namesakes_compared as (
    select
        best_rows.enterprise_id,
        published_enterprises.is_published,
        best_rows.activity_rank,
        best_rows.known_field_count,
        best_rows.created_on,
        concat_ws(
            chr(31),
            best_rows.enterprise_name_key,
            best_rows.city_name,
            case
                when names_repeated.is_in_several_places
                    then coalesce(best_rows.postal_code, '')
            end
        ) as same_enterprise_key
    from best_rows
    inner join names_repeated using (enterprise_name_key, city_name)
    left join published_enterprises using (enterprise_id)
),

survivors_chosen as (
    select
        enterprise_id,
        first_value(enterprise_id) over best_first as surviving_enterprise_id,
        first_value(created_on) over best_first <> created_on as is_created_otherwise,
        count(*) over (partition by same_enterprise_key) as merged_count
    from namesakes_compared
    window best_first as (
        partition by same_enterprise_key
        order by
            activity_rank asc,
            -- Who was published stays, or its history would end.
            is_published is null asc,
            known_field_count desc,
            created_on desc nulls last,
            enterprise_id asc
    )
),

merged_ids as (
    select
        enterprise_id,
        surviving_enterprise_id,
        is_created_otherwise
    from survivors_chosen
    where merged_count > 1
),

merged_ids_measured as (
    select
        merged_ids.surviving_enterprise_id,
        merged_ids.enterprise_id,
        concat_ws(
            ' ',
            social_accounts.platform_key,
            cast(social_accounts.measured_on as string)
        ) as measurement,
        max(social_accounts.followers) as value
    from merged_ids
    inner join social_accounts
        on merged_ids.enterprise_id = social_accounts.enterprise_id
    where social_accounts.followers is not null
    group by merged_ids.surviving_enterprise_id, merged_ids.enterprise_id, measurement
    union all
    select
        merged_ids.surviving_enterprise_id,
        merged_ids.enterprise_id,
        concat_ws(' ', 'turnover', turnover.fiscal_year) as measurement,
        max(turnover.turnover_eur) as value
    from merged_ids
    inner join turnover on merged_ids.enterprise_id = turnover.enterprise_id
    where turnover.turnover_eur is not null
    group by merged_ids.surviving_enterprise_id, merged_ids.enterprise_id, measurement
),

-- Two counts of one platform and day, or two turnovers of one year, are of two shops.
measured_otherwise as (
    select distinct surviving_enterprise_id
    from (
        select merged_ids_measured.surviving_enterprise_id
        from merged_ids_measured
        group by
            merged_ids_measured.surviving_enterprise_id,
            merged_ids_measured.measurement
        having min(merged_ids_measured.value) <> max(merged_ids_measured.value)
    ) as contradictions
),

rows_disposed as (
    select
        names_resolved.raw_row,
        names_resolved.enterprise_id,
        coalesce(merged_ids.surviving_enterprise_id, names_resolved.enterprise_id)
            as surviving_enterprise_id,
        merged_ids.is_created_otherwise,
        names_resolved.enterprise_id <> merged_ids.surviving_enterprise_id
        and measured_otherwise.surviving_enterprise_id is not null
            as is_measured_otherwise,
        names_resolved.enterprise_name,
        names_resolved.category_name,
        names_resolved.category_group,
        names_resolved.city_name,
        names_resolved.created_on,
        case
            {{ rejection_of_id('names_resolved') }}
            when rows_of_one_id_ranked.rank_in_id > 1
                then case
                    when rows_of_one_id_ranked.differing_column is null then 'duplicate'
                    else 'conflicting'
                end
            when names_resolved.enterprise_id <> merged_ids.surviving_enterprise_id
                then 'duplicate'
            when names_resolved.is_active is null then 'activity_unknown'
            when not names_resolved.is_active then 'inactive'
            else 'used'
        end as disposition,
        case
            when disposition = 'conflicting' then rows_of_one_id_ranked.differing_column
            when
                names_resolved.enterprise_id is null
                or rows_of_one_id_ranked.rank_in_id > 1
                then 'enterprise_id'
            when disposition = 'duplicate' then 'enterprise_name'
            when disposition <> 'used' then 'is_active'
        end as deciding_column
    from names_resolved
    left join rows_of_one_id_ranked using (raw_row)
    left join merged_ids using (enterprise_id)
    left join measured_otherwise
        on
            merged_ids.surviving_enterprise_id
            = measured_otherwise.surviving_enterprise_id
)

select * from rows_disposed
