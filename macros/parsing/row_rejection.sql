{#- The first branch of a `case` that tells why a row is not used: whose it is cannot be
    told. -#}
{% macro rejection_of_id(relation) -%}
    when {{ relation }}.enterprise_id is null
                then case {{ relation }}.enterprise_id_rejection
                    when 'unreadable' then 'unreadable'
                    else 'missing_key'
                end
{%- endmacro %}

{#- The last branches of a `case` that tells why a row that belongs to an enterprise is
    not used: what became of that one, by int_enterprise_fates. -#}
{% macro rejection_of_fate() -%}
    when enterprise_fates.enterprise_id is null then 'orphan'
            when enterprise_fates.survivor_disposition = 'inactive' then 'inactive'
            when enterprise_fates.survivor_disposition <> 'used'
                then 'enterprise_rejected'
{%- endmacro %}
