"""Times a year and a day of attendance in a fresh database, and prints one JSON object.

DATABASE_URL=… SAMHANDLA_VAR=… python -m bench.yearload PUPILS FOLDER
"""

import json
import os
import sys
from pathlib import Path

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "samhandla.project.settings")
    django.setup()
    from bench.yearload.load import load_year_and_day

    print(json.dumps(load_year_and_day(int(sys.argv[1]), Path(sys.argv[2]))))
