{{ history('segment_changes', 'segment_changes_found', [
    'segmentation', 'member_id', 'change_number', 'changed_at', 'from_segment_key',
    'to_segment_key', 'cause', 'previous_model_segment_key', 'fit_id',
], of_new_fit=false) }}
