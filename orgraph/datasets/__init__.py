"""Built-in scenarios: real names, published figures, and seeded generators of what is not public."""
