{{ raw_rows('recommendation_events') }}
