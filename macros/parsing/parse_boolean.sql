{#- True or false from the ways a French or English export writes it, NULL else. Access
    writes -1 for true. -#}
{% macro parse_boolean(trimmed_column) -%}
    case
        when lower({{ trimmed_column }}) in (
            'true', 't', 'yes', 'y', 'vrai', 'oui', 'o', 'actif', 'active', 'x', '-1',
            'on', '✓', '✔', '☑', '✅'
        ) or {{ matches(trimmed_column, '^1([.,]0+)?$') }} then true
        when lower({{ trimmed_column }}) in (
            'false', 'f', 'no', 'n', 'faux', 'non', 'inactif', 'inactive', 'off',
            '✗', '✘', '☐', '❌'
        ) or {{ matches(trimmed_column, '^0([.,]0+)?$') }} then false
    end
{%- endmacro %}
