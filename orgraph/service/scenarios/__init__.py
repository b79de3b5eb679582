"""The life of a scenario, from a what-if to a decision that is carried out, and back."""
