"""Seat 0: ASGI in, ASGI out; and the gunicorn side, which runs it in workers and keeps them alive."""
