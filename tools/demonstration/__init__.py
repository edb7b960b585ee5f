"""Parts of the generator of the made-up demonstration data."""
