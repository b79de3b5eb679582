"""Districting at city size: many thousands of units, costs to a seat by distance between points, no cost matrix."""
