"""Benchmarks: figures side by side with what they are measured against, as ratios of one run."""
