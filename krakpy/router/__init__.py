"""Seat 1: HTTP in, HTTP out. One route for each endpoint, on falcon; everything around the call of an endpoint."""
