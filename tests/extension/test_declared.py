"""A hook that declares paths sees the values there, may change them, and knows of nothing else."""
import pytest
from krakpy_sdk import ContractError, Extension, Patch

from krakpy.extension.declared import Look, Part, look_at, paths_of

DOCUMENT = {"user": {"name": {"first": "Ada"}, "id": 7}, "tags": [{"a": 1}], "none": None}


@pytest.mark.parametrize(
    ("paths", "part"),
    [
        ((), {}),
        (("tags", "none"), {"tags": [{"a": 1}], "none": None}),
        (("user.id",), {"user": {"id": 7}}),
        (("user", "user.id"), {"user": DOCUMENT["user"]}),
        (("user.id", "user"), {"user": DOCUMENT["user"]}),
        (("user.name.first", "user.name.last", "user.id"), {"user": {"name": {"first": "Ada"}, "id": 7}}),
        (("missing", "missing.too", "user.missing"), {"user": {}}),
        (("tags.a", "tags.0", "none.x", "user.id.x"), {"user": {}}),
    ],
)
def test_a_part_holds_the_values_at_its_paths(paths, part):
    assert Part(paths).of(DOCUMENT) == part


@pytest.mark.parametrize("path", ["user.name", "user.name.first", "tags"])
def test_what_is_in_the_part_may_be_changed(path):
    Part(("user.name", "tags")).check(Patch().set_status(201).set_data(path, 1).remove_data(path))


@pytest.mark.parametrize("path", ["user", "user.id", "user.names", "other"])
@pytest.mark.parametrize("patch", [lambda path: Patch().set_data(path, 1), lambda path: Patch().remove_data(path)])
def test_what_is_not_in_the_part_may_not_be_changed(path, patch):
    with pytest.raises(ContractError, match=rf"_data of '{path}', which is not in its `paths`"):
        Part(("user.name", "tags")).check(patch(path))


class Hook(Extension):
    def endpoint_response(self): ...


class Declaring(Hook):
    paths = ["a"]  # type: ignore[assignment]  # what an author without a type checker writes


class Decoder:
    def decode(self, body, is_collection): ...


class PartialDecoder(Decoder):
    def partial(self, opening): ...


def test_without_paths_the_whole_document_is_declared():
    assert paths_of(Hook) is None
    assert paths_of(Declaring) == ("a",)


@pytest.mark.parametrize(
    ("family", "loaded", "look"),
    [
        ("hooks", Hook, Look(None, ("endpoint_response",))),
        ("hooks", Declaring, Look(("a",), ("endpoint_response",))),
        ("endpoint", Declaring, Look(("a",))),
        ("decoder", Decoder, Look(None)),
        ("decoder", PartialDecoder, Look(())),
    ],
)
def test_a_class_says_what_it_looks_at(family, loaded, look):
    assert look_at(family, loaded) == look
