with enterprises as (
    select * from {{ ref('stg_enterprises') }}
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
        enterprises.raw_key,
        enterprises.enterprise_id,
        enterprises.enterprise_name,
        enterprises.enterprise_name_key,
        categories.resolved_name as category_name,
        categories.category_group,
        cities.resolved_name as city_name,
        -- A spreadsheet drops leading zeros: 01000 and 1000 are one code.
        {{ replace_all('enterprises.postal_code', '^0+', '') }} as postal_code,
        enterprises.created_on,
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
    where enterprises.enterprise_id is not null
),

rows_of_one_id_ranked as (
    select
        raw_key,
        enterprise_id,
        enterprise_name,
        enterprise_name_key,
        category_name,
        category_group,
        city_name,
        postal_code,
        created_on,
        activity_rank,
        known_field_count,
        row_number() over best_first as rank_in_id,
        -- What speaks against one enterprise behind the id.
        case
            when enterprise_name_key <> first_value(enterprise_name_key) over best_first
                then 'enterprise_name'
            when city_name <> first_value(city_name) over best_first then 'city_name'
            when category_name <> first_value(category_name) over best_first
                then 'category_name'
        end as differing_column
    from names_resolved
    window best_first as (
        partition by enterprise_id
        order by
            activity_rank asc,
            known_field_count desc,
            created_on desc nulls last,
            raw_key asc
    )
),

best_rows as (
    select
        rows_of_one_id_ranked.enterprise_id,
        published_enterprises.is_published,
        rows_of_one_id_ranked.enterprise_name_key,
        rows_of_one_id_ranked.city_name,
        rows_of_one_id_ranked.postal_code,
        rows_of_one_id_ranked.activity_rank,
        rows_of_one_id_ranked.known_field_count,
        rows_of_one_id_ranked.created_on
    from rows_of_one_id_ranked
    left join published_enterprises using (enterprise_id)
    where rows_of_one_id_ranked.rank_in_id = 1
),

namesakes_compared as (
    select
        enterprise_id,
        is_published,
        activity_rank,
        known_field_count,
        created_on,
        -- Without a name or a city there is nothing to recognise a duplicate by.
        case
            when enterprise_name_key is null or city_name is null
                then concat('id ', enterprise_id)
            when
                min(postal_code) over namesakes
                <> max(postal_code) over namesakes
                then concat_ws(
                    chr(31), enterprise_name_key, city_name, coalesce(postal_code, '')
                )
            else concat_ws(chr(31), enterprise_name_key, city_name)
        end as same_enterprise_key
    from best_rows
    window namesakes as (partition by enterprise_name_key, city_name)
),

survivors_chosen as (
    select
        enterprise_id,
        same_enterprise_key,
        first_value(enterprise_id) over best_first as surviving_enterprise_id,
        first_value(created_on) over best_first <> created_on as is_created_otherwise
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

ids_counted as (
    select
        enterprise_id,
        surviving_enterprise_id,
        count(*) over (partition by same_enterprise_key) as merged_count
    from survivors_chosen
),

merged_ids as (
    select
        enterprise_id,
        surviving_enterprise_id
    from ids_counted
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
        enterprises.raw_key,
        enterprises.enterprise_id,
        survivors_chosen.surviving_enterprise_id,
        survivors_chosen.is_created_otherwise,
        enterprises.enterprise_id <> survivors_chosen.surviving_enterprise_id
        and measured_otherwise.surviving_enterprise_id is not null
            as is_measured_otherwise,
        rows_of_one_id_ranked.enterprise_name,
        rows_of_one_id_ranked.category_name,
        rows_of_one_id_ranked.category_group,
        rows_of_one_id_ranked.city_name,
        rows_of_one_id_ranked.created_on,
        case
            {{ rejection_of_id('enterprises') }}
            when rows_of_one_id_ranked.rank_in_id > 1
                then case
                    when rows_of_one_id_ranked.differing_column is null then 'duplicate'
                    else 'conflicting'
                end
            when
                enterprises.enterprise_id <> survivors_chosen.surviving_enterprise_id
                then 'duplicate'
            when enterprises.is_active is null then 'activity_unknown'
            when not enterprises.is_active then 'inactive'
            else 'used'
        end as disposition,
        case
            when disposition = 'conflicting' then rows_of_one_id_ranked.differing_column
            when
                enterprises.enterprise_id is null
                or rows_of_one_id_ranked.rank_in_id > 1
                then 'enterprise_id'
            when disposition = 'duplicate' then 'enterprise_name'
            when disposition <> 'used' then 'is_active'
        end as deciding_column,
        {{ deciding_value('enterprises', 'enterprises') }} as deciding_value
    from enterprises
    left join rows_of_one_id_ranked
        on enterprises.raw_key = rows_of_one_id_ranked.raw_key
    left join survivors_chosen
        on enterprises.enterprise_id = survivors_chosen.enterprise_id
    left join measured_otherwise
        on
            survivors_chosen.surviving_enterprise_id
            = measured_otherwise.surviving_enterprise_id
)

select * from rows_disposed
