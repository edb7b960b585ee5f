{#- How a table is built: what it was is dropped first. dbt-duckdb keeps it until the new
    one stands, under a name that is given and dropped: a tenth of a small build, and
    the disk for both. The build database is disposable; what is kept is published. -#}
{% materialization table, adapter="duckdb", supported_languages=['sql', 'python'] %}
    {%- set language = model['language'] -%}
    {%- set old_relation = load_cached_relation(this) -%}
    {%- set relation = this.incorporate(type='table') -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {{ drop_relation_if_exists(old_relation) }}
    {% call statement('main', language=language) -%}
        {{- create_table_as(False, relation, compiled_code, language) }}
    {%- endcall %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [relation]}) }}
{% endmaterialization %}
