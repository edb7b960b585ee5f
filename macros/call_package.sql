{#- Run one action of python_models/segmentation/builds/plugin.py and return its answer. -#}
{% macro call_package(action, arguments) -%}
    {{- return(adapter.dispatch('call_package')(action, arguments)) -}}
{%- endmacro %}

{% macro default__call_package(action, arguments) -%}
    {{- return(adapter.call_package(action, arguments)) -}}
{%- endmacro %}

{#- dbt-duckdb has no call for that: storing a relation is how a macro reaches a
    plugin, and what comes back is left in a dictionary that both sides hold. -#}
{% macro duckdb__call_package(action, arguments) -%}
    {%- set outcome = {} -%}
    {%- do adapter.store_relation(
        'segmentation', none, [], '', '',
        {'action': action, 'arguments': arguments, 'outcome': outcome}
    ) -%}
    {{- return(outcome['answer']) -}}
{%- endmacro %}
