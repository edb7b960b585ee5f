{#- True or false from the ways a French or English export writes it, NULL else. -#}
{% macro parse_boolean(trimmed_column) -%}
    case
        when lower({{ trimmed_column }}) in (
            'true', 't', 'yes', 'y', '1', '1.0', '1,0', 'vrai', 'oui',
            'o', 'actif', 'active', 'x'
        ) then true
        when lower({{ trimmed_column }}) in (
            'false', 'f', 'no', 'n', '0', '0.0', '0,0', 'faux',
            'non', 'inactif', 'inactive'
        ) then false
    end
{%- endmacro %}
