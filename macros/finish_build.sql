{#- Publish the marts when the whole project was built and everything passed, and
    record how the run ended. -#}
{% macro finish_build(results) -%}
    {%- if is_executing() -%}
        {%- set outcomes = [] -%}
        {%- for result in results -%}
            {%- do outcomes.append({
                'node': result.node.unique_id,
                'status': result.status | string,
                'message': result.message | default('', true) | string,
            }) -%}
        {%- endfor -%}
        {%- set expected = call_package('list_unit_tests', {
            'manifest_path': (flags.TARGET_PATH or 'target') ~ '/manifest.json',
            'invocation_id': invocation_id,
        }) -%}
        {%- set marts = [] -%}
        {%- set relations = {} -%}
        {%- for node in graph.nodes.values() -%}
            {%- if node.resource_type in ('model', 'seed') -%}
                {%- do relations.update({node.alias: node.relation_name}) -%}
            {%- endif -%}
            {%- if node.resource_type in ('model', 'seed', 'snapshot', 'test') -%}
                {%- do expected.append(node.unique_id) -%}
            {%- endif -%}
            {%- if node.resource_type == 'model' and node.schema == 'marts' -%}
                {%- do marts.append(published_table(node)) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- do log(call_package('finish_build', {
            'command': flags.WHICH,
            'started_at': run_started_at.isoformat(timespec='seconds'),
            'invocation_id': invocation_id,
            'is_empty_run': flags.EMPTY,
            'expected_nodes': expected,
            'results': outcomes,
            'marts': marts | sort(attribute='name'),
            'relations': relations,
            'language': var('language'),
            'data_set': data_set(),
            'raw_source': var('raw_source'),
            'published_at': as_of_text(),
            'remembered_file': run_query(
                'select identity from previous_publication.main.published_file'
            ).columns[0].values() | first,
        }), info=true) -%}
    {%- endif -%}
{%- endmacro %}

{#- What the publication needs to know of one mart. -#}
{% macro published_table(node) -%}
    {%- set primary_key = [] -%}
    {%- for constraint in node.constraints -%}
        {%- if constraint.type == 'primary_key' -%}
            {%- do primary_key.extend(constraint.columns) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set columns = {} -%}
    {%- for column in node.columns.values() -%}
        {%- do columns.update({column.name: column.description | trim}) -%}
    {%- endfor -%}
    {{- return({
        'relation': node.relation_name,
        'name': node.alias,
        'description': node.description | trim,
        'primary_key': primary_key,
        'columns': columns,
    }) -}}
{%- endmacro %}
