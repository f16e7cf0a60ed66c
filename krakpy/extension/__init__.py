"""How anything else gets in: discovery, gates, the probe, guarded loading and guarded calls."""
