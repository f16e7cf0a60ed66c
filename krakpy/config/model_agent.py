"""An async agent: a pipeline that a message starts instead of a request (KrakenD: `async_agent`)."""
from __future__ import annotations

from typing import Literal

from krakpy.config.kinds import Count, Model, Seconds
from krakpy.config.model_endpoint import Backend, EndpointComponents


class Consumer(Model, frozen=True, kw_only=True):
    """How an agent consumes."""

    topic: str = ""
    """What is consumed."""

    workers: Count = 1
    """How many messages are worked on at once."""

    timeout: Seconds = 0.0
    """Time for one message; 0: the service's `timeout`."""

    max_rate: float = 0.0
    """Messages per second for the whole agent; 0 or less: no limit."""


class Connection(Model, frozen=True, kw_only=True):
    """How an agent holds its connection."""

    max_retries: Count = 0
    """Attempts to connect again; 0: without end."""

    backoff_strategy: Literal["linear", "linear-jitter", "exponential", "exponential-jitter", "fallback"] = "fallback"
    """How the pause between two attempts grows."""

    health_interval: Seconds = 1.0
    """Time between two looks at the connection; at least a second."""


class AsyncAgent(Model, frozen=True, kw_only=True):
    """One consumer of events and the backends that each of them is sent to."""

    name: str = ""
    """The name in the health check, the logs and the metrics."""

    encoding: str = "json"
    """How the messages are encoded."""

    consumer: Consumer = Consumer()
    """How it consumes."""

    connection: Connection = Connection()
    """How it holds its connection."""

    backend: tuple[Backend, ...] = ()
    """The backends that each message is sent to."""

    extra_config: EndpointComponents = EndpointComponents()
    """Components by namespace; one of them is the driver (`async/amqp`)."""
