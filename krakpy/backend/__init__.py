"""Seat 3: one upstream is asked. Modules that an entry point names are one middleware each; others serve those."""
