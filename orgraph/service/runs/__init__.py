"""Runs: solving a scenario in a process of its own, recorded in the store, watched, cancelled, and taken up again after a crash."""
