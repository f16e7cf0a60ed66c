"""What a run leaves: tables on the terminal, Markdown, JSON and a picture."""
