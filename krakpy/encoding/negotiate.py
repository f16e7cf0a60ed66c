"""Writes documents in the format that the client accepts (`negotiate`): JSON, XML or YAML.

    Accept: text/html, application/xml      # XML
    Accept: text/plain                      # YAML
"""
from __future__ import annotations

from krakpy_sdk import Renderer, Request, Response

from krakpy.encoding.json_renderer import JsonRenderer
from krakpy.encoding.xml_renderer import XmlRenderer
from krakpy.encoding.yaml_renderer import YamlRenderer

#: what is offered, first the one that `*` chooses; KrakenD answers plain text with YAML
_OFFERS: tuple[tuple[str, type[Renderer]], ...] = (
    ("application/json", JsonRenderer),
    ("text/plain", YamlRenderer),
    ("application/xml", XmlRenderer),
    ("application/x-yaml", YamlRenderer),
)


class NegotiateRenderer:
    """Writes JSON, XML or YAML after the first `Accept` field; JSON if there is none, or none that fits.

    The first range that fits an offer decides, whatever its `q`. A range fits if the offer begins with what it has
    before its first `*` (KrakenD: gin's NegotiateFormat, which takes ranges without a `*` the same way).
    """

    def __init__(self, config: object) -> None:
        self._offers = [(media_type, renderer(config)) for media_type, renderer in _OFFERS]

    def render(self, request: Request, response: Response) -> Response:
        """The response with its document as body, in the format that is accepted."""
        return self._chosen(request).render(request, response)

    def _chosen(self, request: Request) -> Renderer:
        accept = request.headers.getall("Accept")
        for accepted in _ranges(accept[0]) if accept else ():
            for media_type, renderer in self._offers:
                if _fits(accepted, media_type):
                    return renderer
        return self._offers[0][1]


def _ranges(accept: str) -> list[str]:
    """The media ranges without their parameters."""
    ranges = (part.partition(";")[0].strip() for part in accept.split(","))
    return [range for range in ranges if range]


def _fits(accepted: str, offer: str) -> bool:
    known, star, _ = accepted.partition("*")
    return offer.startswith(known) and bool(star or known)


_guard: type[Renderer] = NegotiateRenderer
