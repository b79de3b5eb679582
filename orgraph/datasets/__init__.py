"""Built-in scenarios: real names, published figures, and seeded generators of what is not public."""

from orgraph.datasets.dataset import Dataset, Figure
from orgraph.datasets.loading import load, names

__all__ = ["Dataset", "Figure", "load", "names"]
