with fit_rows as (
    select *
    from {{ ref('fit_rows') }}
    where section = 'check'
),

rules as (
    select * from {{ ref('feature_check_rules') }}
),

measures_listed as (
    select
        segmentation,
        parameter as check_name,
        feature_name as subject,
        value,
        text_value as detail
    from fit_rows
    {%- for segmentation, entry in segmentations().items() %}
    {%- for model in entry.data_measures %}
    union all
    select
        '{{ segmentation }}' as segmentation,
        check_name,
        subject,
        value,
        detail
    from {{ ref(model) }}
    {%- endfor %}
    {%- endfor %}
),

measures_judged as (
    select
        measures_listed.segmentation,
        measures_listed.check_name,
        measures_listed.subject,
        measures_listed.value,
        rules.threshold,
        rules.direction,
        coalesce(
            case rules.direction
                when 'above' then measures_listed.value > rules.threshold
                when 'below' then measures_listed.value < rules.threshold
            end,
            false
        ) as is_finding,
        measures_listed.detail,
        replace(
            rules.message_fr, '{value}',
            coalesce({{ worded_number('measures_listed.value', 10, 'fr') }}, '?')
        ) as message_fr,
        replace(
            rules.message_en, '{value}',
            coalesce({{ worded_number('measures_listed.value', 10, 'en') }}, '?')
        ) as message_en
    from measures_listed
    left join rules using (check_name)
)

select * from measures_judged
