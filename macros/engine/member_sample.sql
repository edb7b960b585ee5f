{#- The members that a fit and its evaluation look at: those with the smallest md5 of
    their key, so the same ones next month, whatever else was added. -#}
{% macro member_sample(segmentation) -%}
{%- if segmentation not in var('segmentations') -%}{{- return('') -}}{%- endif -%}
{%- set entry = segmentations()[segmentation] -%}
{%- set recipes = [entry] + ([entry.robust_recipe] if entry.robust_recipe else []) -%}
{%- set numeric = [] -%}
{%- set categorical = [] -%}
{%- for recipe in recipes -%}
    {%- for name in recipe.numeric_features if name not in numeric -%}
        {%- do numeric.append(name) -%}
    {%- endfor -%}
    {%- for name in recipe.categorical_features or [] if name not in categorical -%}
        {%- do categorical.append(name) -%}
    {%- endfor -%}
{%- endfor -%}
with members_ranked as (
    select
        cast({{ entry.key }} as string) as member_id,
        row_number() over (
            order by md5(cast({{ entry.key }} as string)), {{ entry.key }}
        ) as sample_rank
        {%- for name in numeric %},
        {{ known_number(name) }} as {{ name }}
        {%- endfor %}
        {%- for name in categorical %},
        cast({{ name }} as string) as {{ name }}
        {%- endfor %}
    from {{ ref(entry.features) }}
)

select * from members_ranked where sample_rank <= {{ entry.fit_sample_size }}
{%- endmacro %}
