{#- A published table that grows: what was published so far, and below it what this build
    adds. Where it is of the fit, `of_new_fit`, it is added once, while the fit is new. -#}
{% macro history(table, added, columns, of_new_fit=true, where='true') -%}
select
    {{ columns | join(',\n    ') }}
from {{ source('previous_publication', table) }}
union all
select
    {%- for column in columns %}
    {{ 'current_fits' if column == 'fit_id' and of_new_fit else 'added' }}.
    {{- column }}{{ ',' if not loop.last }}
    {%- endfor %}
from {{ added }} as added
{%- if of_new_fit %}
inner join {{ ref('current_fits') }} as current_fits using (segmentation)
{%- endif %}
where {{ 'current_fits.is_new_fit and ' if of_new_fit }}{{ where }}
{%- endmacro %}
