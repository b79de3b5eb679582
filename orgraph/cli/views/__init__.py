"""What answers look like for people: one file per answer, each with a function that writes it on a `Screen`."""
