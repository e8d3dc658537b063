"""The SS 12000 source: client, parsing at the edge, lessons, check and the project's own server."""
