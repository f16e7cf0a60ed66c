"""Extensions that fail in every way there is, in a real gateway under load: who does not use them never notices."""
