{#- Why a written value cannot be used: a reason of rejection_reasons, NULL when it
    was parsed or nothing was written. The known text is NULL where the written one
    says "unknown". -#}
{% macro value_rejection(trimmed_column, known_column, parsed_column) -%}
    case
        when {{ trimmed_column }} is null or {{ parsed_column }} is not null then null
        when {{ known_column }} is null then 'written_unknown'
        else 'unreadable'
    end
{%- endmacro %}
