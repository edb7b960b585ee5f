{#- Why a written value cannot be used: a reason of rejection_reasons, NULL when it
    was parsed or nothing was written. -#}
{% macro value_rejection(trimmed_column, parsed) -%}
    case
        when {{ trimmed_column }} is null or {{ parsed }} is not null then null
        when {{ is_unknown_text(trimmed_column) }} then 'written_unknown'
        else 'unreadable'
    end
{%- endmacro %}
