{#- Run one action of python_models/segmentation/builds/plugin.py and return its answer.
    dbt-duckdb has no call for that: storing a relation is how a macro reaches a
    plugin, and what comes back is left in a dictionary that both sides hold. -#}
{% macro call_package(action, arguments) -%}
    {%- set outcome = {} -%}
    {%- do adapter.store_relation(
        'segmentation', none, [], '', '',
        {'action': action, 'arguments': arguments, 'outcome': outcome}
    ) -%}
    {{- return(outcome['answer']) -}}
{%- endmacro %}
