{#- Join to a value the last of a table's rising steps that it has reached, if any: each
    knows where the next one begins, NULL of the last. -#}
{% macro join_last_step(steps, value, start, next_start) -%}
    {{ return(adapter.dispatch('join_last_step')(steps, value, start, next_start)) }}
{%- endmacro %}

{% macro default__join_last_step(steps, value, start, next_start) -%}
    left join {{ steps }}
        on
            {{ value }} >= {{ steps }}.{{ start }}
            and coalesce({{ value }} < {{ steps }}.{{ next_start }}, true)
{%- endmacro %}

{#- Sorted, where the condition above would compare each value with each step. -#}
{% macro duckdb__join_last_step(steps, value, start, next_start) -%}
    asof left join {{ steps }} on {{ value }} >= {{ steps }}.{{ start }}
{%- endmacro %}
