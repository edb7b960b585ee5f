with enterprises as (
    select * from {{ ref('stg_enterprises') }}
),

categories as (
    select * from {{ ref('int_categories_resolved') }}
),

cities as (
    select * from {{ ref('int_cities_resolved') }}
),

names_resolved as (
    select
        enterprises.raw_key,
        enterprises.enterprise_id,
        enterprises.enterprise_name,
        enterprises.enterprise_name_key,
        categories.category_name,
        categories.category_group,
        cities.city_name,
        -- A spreadsheet drops leading zeros: 01000 and 1000 are one code.
        {{ replace_all('enterprises.postal_code', '^0+', '') }} as postal_code,
        enterprises.created_on,
        case
            when enterprises.is_active then 1
            when enterprises.is_active is null then 2
            else 3
        end as activity_rank,
        case when enterprises.enterprise_name is null then 0 else 1 end
        + case when categories.category_name is null then 0 else 1 end
        + case when cities.city_name is null then 0 else 1 end
        + case when enterprises.postal_code is null then 0 else 1 end
            as known_field_count
    from enterprises
    left join categories on enterprises.category_key = categories.category_key
    left join cities on enterprises.city_key = cities.city_key
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
        row_number() over (
            partition by enterprise_id
            order by
                activity_rank asc,
                known_field_count desc,
                created_on desc nulls last,
                raw_key asc
        ) as rank_in_id
    from names_resolved
),

namesakes_compared as (
    select
        enterprise_id,
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
    from rows_of_one_id_ranked
    where rank_in_id = 1
    window namesakes as (partition by enterprise_name_key, city_name)
),

survivors_chosen as (
    select
        enterprise_id,
        first_value(enterprise_id) over (
            partition by same_enterprise_key
            order by
                activity_rank asc,
                known_field_count desc,
                created_on desc nulls last,
                enterprise_id asc
        ) as surviving_enterprise_id
    from namesakes_compared
),

rows_disposed as (
    select
        enterprises.raw_key,
        enterprises.enterprise_id,
        survivors_chosen.surviving_enterprise_id,
        rows_of_one_id_ranked.enterprise_name,
        rows_of_one_id_ranked.category_name,
        rows_of_one_id_ranked.category_group,
        rows_of_one_id_ranked.city_name,
        rows_of_one_id_ranked.created_on,
        case
            when enterprises.enterprise_id is null then 'missing_key'
            when
                rows_of_one_id_ranked.rank_in_id > 1
                or enterprises.enterprise_id
                <> survivors_chosen.surviving_enterprise_id
                then 'duplicate'
            when enterprises.is_active is null then 'activity_unknown'
            when not enterprises.is_active then 'inactive'
            else 'used'
        end as disposition,
        case
            when disposition = 'missing_key' or rows_of_one_id_ranked.rank_in_id > 1
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
)

select * from rows_disposed
