"""Pages of the detect room: request → query or action → template."""
