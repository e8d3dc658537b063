"""Pages of login. allauth's own views are loaded when they are asked for: their libraries start slowly."""
