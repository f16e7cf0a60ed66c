"""`krakpy schema`."""
import json

from krakpy.config.schema import schema


def test_the_schema_of_this_version_is_printed(invoke):
    result = invoke("schema")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == schema()
    assert result.stdout.endswith("}\n")
