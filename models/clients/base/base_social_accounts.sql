{{ raw_rows('social_accounts') }}
