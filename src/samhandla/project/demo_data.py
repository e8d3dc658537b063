"""Makes the invented municipality of `make demo`, or only renews what time has moved.

python -m samhandla.project.demo_data --school-port 18080
"""

from __future__ import annotations

import argparse
import os

import django

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m samhandla.project.demo_data", description=__doc__)
    parser.add_argument("--school-port", type=int, default=0)
    arguments = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "samhandla.project.settings")
    django.setup()
    # Not before: what builds the municipality needs the tables' models, and they the settings.
    from samhandla.project.demo_build import ensure

    ensure(arguments.school_port)
