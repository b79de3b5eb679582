"""One module per solver family: how its instances are read, solved, checked and written down."""

__all__: list[str] = []
