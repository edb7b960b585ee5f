"""The published database: what BI reads and the build's only memory."""
