{{ member_sample('purchases') }}
