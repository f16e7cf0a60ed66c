"""Extensions that fail in hosts of their own: what they can do to nobody but themselves."""
