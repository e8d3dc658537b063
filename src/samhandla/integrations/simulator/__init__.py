"""An invented municipality with people, timetables and a year of attendance.

Written from what is published about absence (see docs/simulator.md), never from the rules it will test.
"""
