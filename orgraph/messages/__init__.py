"""The zh and en catalogues: codes and numbers in, text for users out."""

from orgraph.messages.catalogue import LANGUAGES, Lang, Text, default_language, keys, label, text

__all__ = ["LANGUAGES", "Lang", "Text", "default_language", "keys", "label", "text"]
