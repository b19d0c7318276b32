"""One file that holds the whole clinic, every night, and the way back from it.

``programs`` reaches PostgreSQL and its programs, ``manifest`` counts, ``writing`` writes and tries a backup,
``restoring`` brings one back, ``nightly`` does so while the clinic sleeps, ``kept`` is what lies in the folder.
"""
