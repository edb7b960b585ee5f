with features as (
    select * from {{ ref('account_features') }}
),

members as (
    select * from {{ ref('purchases_members') }}
),

segments as (
    select *
    from {{ ref('segments_described') }}
    where segmentation = 'purchases'
),

rfm as (
    select * from {{ ref('int_rfm_scored') }}
),

activity as (
    select * from {{ ref('account_activity') }}
),

products as (
    select * from {{ ref('int_account_products_listed') }}
),

enterprises as (
    select * from {{ ref('enterprise_features') }}
),

{{ latest_changes('purchases') }},

accounts_with_their_segment as (
    select
        features.account_id,
        enterprises.enterprise_name,
        features.country,
        features.total_sales_eur,
        features.order_count,
        features.orders_counted_by,
        features.avg_order_value_eur,
        features.recency_days,
        features.tenure_days,
        features.first_sold_on,
        features.last_sold_on,
        features.purchase_day_count,
        features.distinct_product_count,
        members.cluster_id,
        members.segment_key,
        members.segment_name,
        segments.segment_name_fr,
        segments.segment_name_en,
        segments.segment_colour,
        latest_changes.segment_since,
        latest_changes.previous_segment_key,
        members.model_segment_key,
        members.is_set_by_hand,
        members.override_reason,
        members.distance_to_centroid,
        members.unknown_features,
        members.runner_up_segment_key,
        members.assignment_margin,
        members.pca_x,
        members.pca_y,
        members.explanation_fr,
        members.explanation_en,
        rfm.recency_score,
        rfm.frequency_score,
        rfm.monetary_score,
        rfm.rfm_segment_key,
        rfm.rfm_segment_name_fr,
        rfm.rfm_segment_name_en,
        activity.activity_level,
        activity.activity_level_name_fr,
        activity.activity_level_name_en,
        activity.activity_since,
        products.top_products
    from features
    inner join members on features.account_id = members.member_id
    inner join segments using (segment_key)
    inner join rfm using (account_id)
    left join activity using (account_id)
    left join products using (account_id)
    left join enterprises on features.account_id = enterprises.enterprise_id
    left join latest_changes on features.account_id = latest_changes.member_id
)

select * from accounts_with_their_segment
