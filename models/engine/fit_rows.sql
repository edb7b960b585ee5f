with fit_rows as (
    {{ stacked('fit', [
        'section', 'row_number', 'parameter', 'position', 'feature_name',
        'feature_level', 'cluster_id', 'component', 'value', 'text_value',
    ], where="section <> 'label'") }}
)

select * from fit_rows
