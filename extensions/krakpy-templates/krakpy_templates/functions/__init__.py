"""The functions that templates can call, a file for each kind."""
