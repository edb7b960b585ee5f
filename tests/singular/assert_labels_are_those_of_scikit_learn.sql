-- SQL scores everybody, scikit-learn has fitted: on the members of the fit both must
-- say the same, or an explanation would be of another label than the model's.
with labels_of_sample as (
    {%- for segmentation in segmentations() %}
    select
        '{{ segmentation }}' as segmentation,
        fit.text_value as member_id,
        fit.cluster_id as fitted_cluster_id,
        scores.cluster_id
    from {{ ref(segmentation ~ '_fit') }} as fit
    left join {{ ref(segmentation ~ '_scores') }} as scores
        on fit.text_value = scores.member_id
    where fit.section = 'label'
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select
    segmentation,
    member_id,
    fitted_cluster_id,
    cluster_id
from labels_of_sample
where cluster_id is distinct from fitted_cluster_id
