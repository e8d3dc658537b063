"""Open, declared, versioned rules: attendance in, signals with reasons out. No score on a child."""
