{{ member_drivers('visibility') }}
