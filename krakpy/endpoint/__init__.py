"""Seat 2: one request becomes one response. Each module is a middleware or merger, reached by its entry point."""
