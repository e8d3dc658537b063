"""Every write of the import: sources, presets, batches, and what a commit does to the register."""
