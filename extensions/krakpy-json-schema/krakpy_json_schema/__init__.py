"""Checks what clients send against a JSON Schema: `validation/json-schema` for the krakpy API gateway."""
from krakpy_json_schema.schema import Schema
from krakpy_json_schema.validation import ValidateBody

__version__ = "0.1.0"
__all__ = ["Schema", "ValidateBody"]
