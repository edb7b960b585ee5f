{{ member_drivers('purchases') }}
