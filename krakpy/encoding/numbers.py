"""Numbers of JSON that keep the text they were written in, so that `4.20` leaves the gateway as `4.20`.

    Number("4.20") == 4.2
    Number("4.20").text == "4.20"
"""
from __future__ import annotations


class Number(float):
    """A JSON number with a fraction or an exponent (or `-0`): a float that remembers its `text`.

    It is always finite: ValueError for a text that no float can hold (`1e999`), since a later `json.dumps` would make
    `Infinity` of it (KrakenD: json.Number, which keeps the text whatever its size).
    """

    __slots__ = ("text",)

    text: str
    """The number as it was written; valid JSON."""

    def __new__(cls, text: str) -> Number:
        number = super().__new__(cls, text)
        # PERF: false for infinities and NaN only; math.isfinite would be a call more for every number
        if number - number != 0.0:
            raise ValueError(f"the number {text[:20]} is too large")
        number.text = text
        return number

    def __reduce__(self) -> tuple[type[Number], tuple[str]]:
        return Number, (self.text,)

    def __deepcopy__(self, memo: object) -> Number:
        return self
