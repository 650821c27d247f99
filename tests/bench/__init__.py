"""Limner beside a bare tutorial-style bot, in one run, on loopback. `make bench` prints ratios and medians."""
