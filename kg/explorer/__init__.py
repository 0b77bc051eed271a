"""The explorer: bilingual pages for people, complete without scripts, and the scripts they may use.

``assets`` knows what the front-end build made; ``frontend/`` holds the sources of the scripts and
``static/`` what ``hatch_build.py`` makes of them (neither is Python).
"""
