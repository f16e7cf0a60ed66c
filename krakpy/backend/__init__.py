"""Seat 3: one upstream is asked. Each module but `placeholders` is one middleware, reached through its entry point."""
