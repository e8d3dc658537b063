"""Every write of the detect room."""
