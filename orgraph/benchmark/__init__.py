"""Published and generated instances: read, solved by a family's public ``solve``, checked, printed and drawn."""

__all__: list[str] = []
