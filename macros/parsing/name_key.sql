{#- The text key of an enterprise's name, without the legal form before or behind it. -#}
{% macro name_key(column) -%}
    {%- set forms = '(sarl|s a r l|sasu|sas|s a s|eurl|e u r l|eirl|snc|sci|selarl|scop)' -%}
    {{ replace_all(
        text_key(column), '^(' ~ forms ~ ' )+|( ' ~ forms ~ ')+$', ''
    ) }}
{%- endmacro %}
