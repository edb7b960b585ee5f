{#- Whether a text that people write lists a name: "A | B" lists A and B. -#}
{% macro is_listed(name, list) -%}
    coalesce(
        instr(' | ' || {{ list }} || ' | ', ' | ' || {{ name }} || ' | ') > 0, false
    )
{%- endmacro %}
