"""krakpy's tests: they mirror `krakpy/`; scenarios and faults run the real gateway."""
