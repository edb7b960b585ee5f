{#- What became of a recommendation, from the ways a French or English export says it,
    NULL else. -#}
{% macro parse_event(text_key) -%}
    case
        when {{ text_key }} in ('proposed', 'propose', 'proposee') then 'proposed'
        when {{ text_key }} in ('done', 'fait', 'faite', 'realise', 'realisee') then 'done'
        when {{ text_key }} in (
            'declined', 'decline', 'declinee', 'refuse', 'refusee', 'refused'
        ) then 'declined'
    end
{%- endmacro %}
