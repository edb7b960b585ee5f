{{ member_scores('visibility') }}
