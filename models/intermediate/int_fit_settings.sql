{%- set recipes = ['report', 'robust'] -%}

with fit_settings as (
    {% for recipe in recipes -%}
    select
        '{{ recipe }}' as recipe,
        {{ 'true' if recipe == var('recipe') else 'false' }} as is_active,
        '{{ tojson(fit_settings(recipe)) | replace("'", "''") }}' as settings
    {% if not loop.last -%}
    union all
    {% endif -%}
    {% endfor %}
)

select * from fit_settings
