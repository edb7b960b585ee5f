{#- The companion loads a seed: dbt-spark's own way breaks on apostrophes, and makes NULL
    of what is blank. -#}
{% macro sparksession__create_csv_table(model, agate_table) -%}
    {%- set types = {} -%}
    {%- for name in agate_table.column_names -%}
        {%- do types.update({
            name: model.config.column_types.get(name)
                or adapter.convert_type(agate_table, loop.index0)
        }) -%}
    {%- endfor -%}
    {%- do adapter.load_seed(this, model.original_file_path, types) -%}
    {{- return('') -}}
{%- endmacro %}

{% macro sparksession__load_csv_rows(model, agate_table) -%}
    {{- return('') -}}
{%- endmacro %}

{#- The code of a Python model, without what dbt-spark adds for Databricks. -#}
{% macro sparksession__create_table_as(
    temporary, relation, compiled_code, language='sql'
) -%}
    {%- if language == 'python' -%}
# The companion runs it.
{{ compiled_code }}
    {%- else -%}
        {{ spark__create_table_as(temporary, relation, compiled_code, language) }}
    {%- endif -%}
{%- endmacro %}

{#- Tables of Parquet hold no constraint: those of a contract are asked for here. After
    them come the hooks outside a transaction, which dbt-spark leaves out: those of this
    project call macros, and are no statements. -#}
{% macro sparksession__persist_constraints(relation, model) -%}
    {%- set filled, keys = [], [] -%}
    {%- for column in model.columns.values() -%}
        {%- for constraint in column.constraints -%}
            {%- do (filled if constraint.type == 'not_null' else keys).append(column.name) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for constraint in model.constraints if constraint.type == 'primary_key' -%}
        {%- do keys.extend(constraint.columns) -%}
    {%- endfor -%}
    {%- set counts = ['count(*)'] -%}
    {%- for name in filled + keys -%}
        {%- do counts.append('count(' ~ name ~ ')') -%}
    {%- endfor -%}
    {%- if keys -%}
        {%- do counts.append('count(distinct ' ~ keys | join(', ') ~ ')') -%}
    {%- endif -%}
    {%- if model.config.contract.enforced and counts | length > 1 -%}
        {%- set query = 'select ' ~ counts | join(', ') ~ ' from ' ~ relation -%}
        {%- set found = run_query(query).rows[0].values() -%}
        {%- for count in found -%}
            {%- if count != found[0] -%}
                {%- do exceptions.raise_database_error(
                    relation ~ ' breaks a constraint: of ' ~ found[0] ~ ' rows, '
                    ~ counts[loop.index0] ~ ' is ' ~ count
                ) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {%- for hook in post_hooks if not hook.transaction -%}
        {%- do render(hook.sql) -%}
    {%- endfor -%}
{%- endmacro %}

{#- The companion reads files, and a view has none: it is a table here. -#}
{% materialization view, adapter='sparksession' -%}
    {{- return(materialization_table_spark()) -}}
{%- endmaterialization %}
