"""Bodies and documents: decoders and renderers, each found by its name (`encoding`, `output_encoding`)."""
