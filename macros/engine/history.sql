{#- A published table that grows: what was published so far, and below it what this build
    adds. Where it is of the fit, `of_new_fit`, it is added once, while the fit is new. -#}
{% macro history(table, model, columns, of_new_fit=true, where='true') -%}
with published as (
    select * from {{ source('previous_publication', table) }}
),

added as (
    select * from {{ ref(model) }}
),

{% if of_new_fit -%}
current_fits as (
    select * from {{ ref('current_fits') }}
),

{% endif -%}
history as (
    select
        {{ columns | join(',\n        ') }}
    from published
    union all
    select
        {%- for column in columns %}
        {{ 'current_fits' if column == 'fit_id' and of_new_fit else 'added' }}.
        {{- column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from added
    {%- if of_new_fit %}
    inner join current_fits using (segmentation)
    {%- endif %}
    where {{ 'current_fits.is_new_fit and ' if of_new_fit }}{{ where }}
)

select * from history
{%- endmacro %}
