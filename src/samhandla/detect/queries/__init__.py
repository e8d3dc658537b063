"""Every read of the detect room."""
