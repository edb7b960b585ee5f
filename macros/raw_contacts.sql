{#- What the package loads of the raw table contacts: of e-mail addresses and telephone
    numbers digests only, and why a value has none. Nothing else of a row is kept. -#}
{% macro contact_columns() -%}
    {{- return([
        'enterprise_id', 'enterprise_id_rejection', 'marketing_consent_rejection',
        'email_rejection', 'phone_rejection',
        'meta_email_sha256', 'meta_phone_sha256',
        'google_email_sha256', 'google_phone_sha256',
    ]) -}}
{%- endmacro %}

{#- What the package needs to know to load contacts: none where it does not. Its queries
    are for DuckDB. -#}
{% macro contacts_to_load(relations) -%}
    {%- for table in graph.sources.values()
        if table.source_name == 'raw_external' and table.name == 'contacts'
        and target.type == 'duckdb' -%}
        {{- return({
            'relation': table.relation_name,
            'columns': ['enterprise_id', 'email', 'phone', 'marketing_consent'],
            'query': contacts_read(),
            'enterprise_ids': enterprise_ids_read(relations['enterprises']),
            'phone_region': var('phone_region'),
        }) -}}
    {%- endfor -%}
    {{- return(none) -}}
{%- endmacro %}

{#- The rows of contacts in memory, read as staging reads others: who consents, clearly
    or not, and the details that a row has, still in plain text. -#}
{% macro contacts_read() -%}
with texts_trimmed as (
    select
        {% for column in ['enterprise_id', 'email', 'phone', 'marketing_consent'] -%}
        {{ trimmed_text(column) }} as {{ column }}_text{{ ',' if not loop.last }}
        {% endfor -%}
    from contacts
),

values_read as (
    select
        enterprise_id_text,
        email_text,
        phone_text,
        marketing_consent_text,
        {{ parse_id(known_text('enterprise_id_text')) }} as enterprise_id,
        {{ parse_boolean('marketing_consent_text') }} as is_consenting
    from texts_trimmed
),

values_judged as (
    select
        enterprise_id,
        case
            when enterprise_id is not null then null
            when {{ value_rejection('enterprise_id', 'enterprise_id') }} = 'unreadable'
                then 'unreadable'
            else 'missing_key'
        end as enterprise_id_rejection,
        is_consenting,
        case
            when is_consenting then null
            when not is_consenting or marketing_consent_text is null then 'no_consent'
            else {{ value_rejection('marketing_consent', 'is_consenting') }}
        end as marketing_consent_rejection,
        {{ known_text('email_text') }} as email,
        case when {{ says_unknown('email_text') }} then 'written_unknown' end
            as email_rejection,
        {{ known_text('phone_text') }} as phone,
        case when {{ says_unknown('phone_text') }} then 'written_unknown' end
            as phone_rejection
    from values_read
)

select * from values_judged
{%- endmacro %}

{#- Every id that an enterprise has, as staging reads it. -#}
{% macro enterprise_ids_read(relation) -%}
with ids_trimmed as (
    select {{ trimmed_text('enterprise_id') }} as enterprise_id_text
    from {{ relation }}
)

select distinct {{ parse_id(known_text('enterprise_id_text')) }} as enterprise_id
from ids_trimmed
{%- endmacro %}
