{#- What scores and explains somebody who is not in the data, as a list: each feature
    table with the columns that are asked for, tables of the model and of what it is
    explained with, then the compiled models of this run that go on from there. Tables
    of members are handed over without rows. -#}
{% macro scoring_steps(results) -%}
    {%- set asked = {} -%}
    {%- set kept = {'segment_overrides': 'false'} -%}
    {%- set queries = {} -%}
    {%- for segmentation, entry in segmentations().items() -%}
        {%- set recipe = active_recipe(segmentation) -%}
        {%- do asked.update({recipe.features: [recipe.key] + recipe.numeric_features
            + recipe.categorical_features + recipe.presence_flags
            + asked.get(recipe.features, [])}) -%}
        {%- do kept.update({segmentation ~ '_fit':
            "section = 'model' or section = 'projection' and coalesce(component, 1) <= 2"})
        -%}
        {%- do queries.update({segmentation ~ '_scores': segmentation}) -%}
    {%- endfor -%}
    {%- do queries.update({'member_clusters': none, 'members_placed': none}) -%}
    {%- for segmentation in segmentations() -%}
        {%- do queries.update({segmentation ~ '_drivers': segmentation,
            segmentation ~ '_members': segmentation}) -%}
    {%- endfor -%}
    {%- set ran = {} -%}
    {%- for result in results if result.node.name in queries -%}
        {%- do ran.update({result.node.name: result.node}) -%}
    {%- endfor -%}
    {%- set features = [] -%}
    {%- set tables = {} -%}
    {%- set steps = [] -%}
    {%- for name, segmentation in queries.items() if name in ran -%}
        {%- for node_id in ran[name].depends_on.nodes -%}
            {%- set input = graph.nodes[node_id] -%}
            {%- if input.name in asked -%}
                {%- if name == segmentation ~ '_scores' -%}
                    {%- do features.append({
                        'segmentation': segmentation, 'columns': asked[input.name],
                        'relation': input.relation_name, 'condition': 'false',
                    }) -%}
                {%- endif -%}
            {%- elif input.name not in queries -%}
                {%- do tables.update({input.name: {
                    'segmentation': none, 'columns': none,
                    'relation': input.relation_name,
                    'condition': kept.get(input.name, 'true'),
                }}) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- do steps.append({
            'segmentation': segmentation, 'relation': ran[name].relation_name,
            'query': ran[name].compiled_code,
        }) -%}
    {%- endfor -%}
    {{- return(features + tables.values() | sort(attribute='relation') + steps) -}}
{%- endmacro %}
