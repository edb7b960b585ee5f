{#- Fails on every combination that occurs more than once, and on one with a NULL in a
    column that is not named as nullable. -#}
{% test unique_combination(model, columns, nullable=[]) %}

select
    {{ columns | join(', ') }},
    count(*) as row_count
from {{ model }}
group by {{ columns | join(', ') }}
having
    count(*) > 1
    {% for column in columns if column not in nullable -%}
    or {{ column }} is null
    {% endfor %}

{% endtest %}
