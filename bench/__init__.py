"""Benchmarks: `python -m bench` writes build/bench.json."""
