{#- A view, as the histories are: they are read where an evaluation is due only. -#}
{{ config(materialized='view') }}
{%- set features = [] -%}
{%- for segmentation, entry in segmentations().items() if entry.history -%}
    {%- set recipe = active_recipe(segmentation) -%}
    {%- for name in recipe.numeric_features + (recipe.categorical_features or []) -%}
        {%- do features.append((segmentation, entry, name)) -%}
    {%- endfor -%}
{%- endfor -%}

with {% for segmentation, entry in segmentations().items() if entry.history -%}
history_of_{{ segmentation }} as (
    select * from {{ ref(entry.history) }}
),

{% endfor -%}
member_history as (
    {%- for segmentation, entry, name in features %}
    {%- set is_text = name in (active_recipe(segmentation).categorical_features or []) %}
    select
        '{{ segmentation }}' as segmentation,
        cast({{ entry.key }} as string) as member_id,
        observed_on,
        '{{ name }}' as feature_name,
        {{ 'cast(null as double)' if is_text else known_number(name) }} as value,
        cast({{ name if is_text else 'null' }} as string) as level_value
    from history_of_{{ segmentation }}
    {{ 'union all' if not loop.last }}
    {%- else %}
    select
        cast(null as string) as segmentation,
        cast(null as string) as member_id,
        cast(null as date) as observed_on,
        cast(null as string) as feature_name,
        cast(null as double) as value,
        cast(null as string) as level_value
    where false
    {%- endfor %}
)

select * from member_history
