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
                'broken_lines': broken_lines(result),
            }) -%}
        {%- endfor -%}
        {%- set expected = [] -%}
        {%- set marts = [] -%}
        {%- for node in graph.nodes.values() -%}
            {#- A test of a model that is not enabled is listed here as well. -#}
            {%- if node.resource_type in ('model', 'seed', 'snapshot', 'test')
                and node.config.enabled -%}
                {%- do expected.append(node.unique_id) -%}
            {%- endif -%}
            {%- if node.resource_type in ('model', 'seed')
                and (node.schema == 'marts' or node.config.meta.published) -%}
                {%- do marts.append(published_table(node)) -%}
            {%- endif -%}
        {%- endfor -%}
        {#- The publication is DuckDB's, and so must be what it scores by. -#}
        {%- do log(call_package('finish_build', {
            'command': flags.WHICH,
            'started_at': run_started_at.isoformat(timespec='seconds'),
            'invocation_id': invocation_id,
            'is_empty_run': flags.EMPTY,
            'expected_nodes': expected,
            'results': outcomes,
            'marts': marts | sort(attribute='name'),
            'scoring_steps': scoring_steps(results) if target.type == 'duckdb' else [],
            'segmentations': var('segmentations'),
            'language': var('language'),
            'data_set': data_set(),
            'raw_source': var('raw_source'),
            'published_at': as_of_text(),
            'remembered_file': run_query(
                'select identity from ' ~ last_publication() ~ '.published_file'
            ).columns[0].values() | first,
        }), info=true) -%}
    {%- endif -%}
{%- endmacro %}

{#- Of a failed test of a seed, which people edit, up to three lines that it finds: what
    does not hold, and of which key. -#}
{% macro broken_lines(result) -%}
    {%- set lines = [] -%}
    {%- set node = result.node -%}
    {%- if result.status == 'fail' and (node.attached_node or '').startswith('seed.') -%}
        {%- for row in run_query(
            'select * from (' ~ node.compiled_code ~ ') as failing order by all limit 3'
        ).rows -%}
            {%- do lines.append(
                node.attached_node.split('.') | last ~ ': ' ~ row.values() | join(': ')
            ) -%}
        {%- endfor -%}
    {%- endif -%}
    {{- return(lines) -}}
{%- endmacro %}

{#- What the publication needs to know of one mart. -#}
{% macro published_table(node) -%}
    {%- set keys = [] -%}
    {%- for constraint in node.constraints or [] -%}
        {%- if constraint.type == 'primary_key' -%}
            {%- do keys.append(constraint.columns) -%}
        {%- endif -%}
    {%- endfor -%}
    {#- Of a large table no index holds the key, but a test. -#}
    {%- for test in graph.nodes.values()
        if test.attached_node == node.unique_id and test.test_metadata -%}
        {%- set arguments = test.test_metadata.kwargs -%}
        {%- set key = {
            'content_holds': arguments.key, 'unique_combination': arguments.columns,
        }[test.test_metadata.name] -%}
        {%- if key -%}
            {%- do keys.append(key) -%}
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
        'primary_key': keys[0] if keys else [],
        'columns': columns,
    }) -}}
{%- endmacro %}
