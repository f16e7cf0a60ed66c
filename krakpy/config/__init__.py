"""What the operator asked for: pure data, that knows nothing of how it is served."""
