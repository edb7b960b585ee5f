{#- Why what is written in a raw column cannot be used, a reason of rejection_reasons;
    NULL when it can, or nothing is written. -#}
{% macro value_rejection(column, parsed_column, is_in_range='true') -%}
    case
        when {{ column }}_text is null then null
        when {{ parsed_column }} is not null
            then case when not {{ is_in_range }} then 'out_of_range' end
        when {{ says_unknown(column ~ '_text') }} then 'written_unknown'
        else 'unreadable'
    end
{%- endmacro %}
