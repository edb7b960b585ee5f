{{ explained_members('purchases') }}
