{{ member_sample('visibility') }}
