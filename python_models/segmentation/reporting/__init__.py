"""What people look at: charts, the page, exports."""
