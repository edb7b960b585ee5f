{{ explained_members('visibility') }}
