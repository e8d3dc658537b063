"""The same questions answered by plain scripts in other tools."""
