"""The client seat: bytes on the wire to one upstream."""
