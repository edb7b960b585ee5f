{#- True while a command runs models, seeds or tests. `dbt docs generate` and `dbt
    compile` render hooks and models too, and must neither check nor publish. -#}
{% macro is_executing() -%}
    {{- return(
        execute and flags.WHICH in ('build', 'run', 'seed', 'snapshot', 'test')
    ) -}}
{%- endmacro %}
