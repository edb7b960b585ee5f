{{ variables_listed() }}
