{{ history('segment_events', 'segment_events_found', [
    'segmentation', 'fit_id', 'segment_key', 'event_type', 'related_segment_key',
    'related_member_count', 'former_member_count',
], of_new_fit=false) }}
