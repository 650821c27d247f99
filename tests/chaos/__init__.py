"""Chaos: a real Limner over the loopback fakes, killed again and again, and an auditor who compares the books.

`make chaos` runs all of it and prints what it found; `test_chaos.py` is a short cut of it for every run of the tests.

- `points`: the named points of the flow at which it is killed, and `doomed`, which kills it there from within.
- `stage`: the fakes, the configuration and the processes. `load`: members who ask, twice at times.
- `auditor`: what has to be true afterwards, whatever happened.
- `rounds`: a kill at a point, kills at random, workers restarted one after the other, a database that goes and returns.
"""
