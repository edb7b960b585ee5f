{{ member_scores('purchases') }}
