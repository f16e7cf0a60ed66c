"""Where the microseconds of a request go, by layer and by function."""
