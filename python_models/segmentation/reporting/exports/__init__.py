"""Files that people take away from a publication."""
