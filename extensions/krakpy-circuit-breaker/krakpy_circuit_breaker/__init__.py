"""Spares a failing backend."""
from krakpy_circuit_breaker.breaker import CircuitBreaker, HttpCircuitBreaker
from krakpy_circuit_breaker.circuit import Circuit, CircuitOpen
from krakpy_circuit_breaker.config import BreakerConfig, HttpBreakerConfig

__version__ = "0.1.0"
__all__ = ["BreakerConfig", "Circuit", "CircuitBreaker", "CircuitOpen", "HttpBreakerConfig", "HttpCircuitBreaker"]
