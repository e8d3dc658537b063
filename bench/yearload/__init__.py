"""Programs of bench/increment.py that need Django set up."""
