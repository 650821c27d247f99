"""Limner at work for a long time: what it holds (memory, files, threads, its folder) must not grow with what it has
done, and all that was done must add up. `make soak` takes an hour for each database."""
