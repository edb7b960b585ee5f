{{ history('segment_migrations', ref('segments_migrated'), [
    'segmentation', 'fit_id', 'from_segment_key', 'to_segment_key', 'member_count',
    'from_share', 'to_share',
]) }}
