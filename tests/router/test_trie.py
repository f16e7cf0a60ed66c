"""The trie finds the one route of a method and a path."""
import pytest

from krakpy.direct import Lane
from krakpy.router.messages import GatewayRequest, Opening
from krakpy.router.trie import Tree, Trie
from tests.router.client import Client


def asked(method, path):
    return GatewayRequest({"method": method, "path": path}, Opening(Client().receive))


class Answerer:
    """What stands for a route: it tells its template."""

    lane: Lane | None = None

    def __init__(self, path):
        self.path = path

    def serve(self, scope, receive, send, parameters):
        raise NotImplementedError

    def begin(self, scope, client, parameters):
        raise NotImplementedError


def trie(*routes, **options):
    made = Trie(**options)
    for route in routes:
        method, _, path = route.rpartition(" ")
        made.add_route(path, Answerer(path), method=method or "GET")
    return made


def found(routes, path, method="GET", **options):
    """The template that is found and the parameters, or None."""
    servant, parameters = trie(*routes, **options).served({"method": method, "path": path})
    return None if servant is None else (servant.path, dict(parameters))


ROUTES = (
    "/", "/static", "/users/{id}", "/users/me", "/users/{id}/posts/{post-id}", "/trail/", "/a/{x}/c", "/a/b/{y}",
    "/{any}/deep/x", "/{p}/{q}/d", "POST /users/{name}",
)


@pytest.mark.parametrize(
    ("path", "template", "parameters"),
    [
        ("/", "/", {}),
        ("/static", "/static", {}),
        ("/users/7", "/users/{id}", {"id": "7"}),
        ("/users/me", "/users/me", {}),
        ("/users/7/posts/9", "/users/{id}/posts/{post-id}", {"id": "7", "post-id": "9"}),
        ("/users/me/posts/9", "/users/{id}/posts/{post-id}", {"id": "me", "post-id": "9"}),
        ("/trail/", "/trail/", {}),
        ("/a/b/c", "/a/b/{y}", {"y": "c"}),
        ("/a/z/c", "/a/{x}/c", {"x": "z"}),
        ("/a/z/d", "/{p}/{q}/d", {"p": "a", "q": "z"}),
        ("/static/deep/x", "/{any}/deep/x", {"any": "static"}),
        ("/users//posts/9", "/users/{id}/posts/{post-id}", {"id": "", "post-id": "9"}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_static_segments_beat_parameters_with_backtracking(path, template, parameters):
    assert found(ROUTES, path) == (template, parameters)


@pytest.mark.parametrize(
    "path",
    ["/nope", "/users", "/users/", "/users/7/", "/users/7/posts", "/trail", "//static", "/STATIC", "/a/./c/d", "*",
     "static", "x/static", "http://other/static"],
)
def test_everything_else_is_not_found(path):
    assert found(ROUTES, path) is None


def test_each_method_has_routes_of_its_own():
    assert found(ROUTES, "/users/me", "POST") == ("/users/{name}", {"name": "me"})


@pytest.mark.parametrize("method", ["PUT", "get", "HEAD", "BREW"])
def test_a_method_without_routes_finds_nothing(method):
    assert found(ROUTES, "/static", method) is None


@pytest.mark.parametrize(("first", "second"), [("/a", "/a"), ("/a/{x}", "/a/{y}"), ("/a/{x}/b/", "/a/{y}/b/")])
def test_two_routes_that_the_same_paths_match_are_refused(first, second):
    with pytest.raises(ValueError, match="there is a route already"):
        trie(first, second)


def test_two_parameters_may_have_different_names_where_routes_differ_later():
    assert found(("/u/{a}", "/u/{b}/x"), "/u/1/x") == ("/u/{b}/x", {"b": "1"})


def test_what_falcon_gets_is_the_resource_and_its_responder():
    class Responding:
        async def respond(self, req, resp):
            raise NotImplementedError

    made, resource = trie("/b"), Responding()
    made.add_route("/a", resource, method="GET")
    given, responders, arguments, template = made.find("/a", asked("GET", "/a"))
    assert (given, responders["GET"], arguments, template) == (resource, resource.respond, {}, "/a")
    assert made.served({"method": "GET", "path": "/a"}) == (None, {})
    assert made.find("/b", asked("GET", "/b")) is None


@pytest.mark.parametrize("path", ["//users//7", "/users/./7", "/x/../users/7"])
def test_empty_and_dot_segments_can_be_overlooked(path):
    assert found(ROUTES, path, cleans=True) == ("/users/{id}", {"id": "7"})


def test_thousands_of_routes_are_told_apart():
    assert found([f"/r{n}/x/{{id}}/y" for n in range(5000)], "/r4711/x/1/y") == ("/r4711/x/{id}/y", {"id": "1"})


def test_the_methods_of_a_path_come_in_the_order_of_their_first_routes():
    made = trie("POST /first", "GET /a/{x}", "DELETE /a/b", "POST /a/b", "PUT /other")
    assert made.allowed("/a/b") == ["POST", "GET", "DELETE"]


@pytest.mark.parametrize(
    ("path", "fixed"),
    [
        ("/STATIC", "/static"),
        ("/Users/Ann", "/users/Ann"),
        ("/USERS/Ann/POSTS/Z", "/users/Ann/posts/Z"),
        ("/TRAIL/", "/trail/"),
        ("/nope", None),
    ],
)
def test_the_case_of_static_segments_is_mended_and_that_of_parameters_kept(path, fixed):
    assert trie(*ROUTES).fixed("GET", path) == fixed


LOOSE = ("/file.{ext}", "/file.t{rest}", "/file.txt", "/{any}", "/v{n}/x", "/{any}/y", "/a/{id}")


@pytest.mark.parametrize(
    ("path", "template", "parameters"),
    [
        ("/file.json", "/file.{ext}", {"ext": "json"}),
        ("/file.tar", "/file.t{rest}", {"rest": "ar"}),
        ("/file.txt", "/file.txt", {}),
        ("/file.t", "/file.{ext}", {"ext": "t"}),
        ("/file.", "/{any}", {"any": "file."}),
        ("/other", "/{any}", {"any": "other"}),
        ("/v/x", "/v{n}/x", {"n": ""}),
        ("/v1/y", "/{any}/y", {"any": "v1"}),
        ("/a/7", "/a/{id}", {"id": "7"}),
    ],
)
def test_without_rest_the_longest_text_before_a_parameter_wins_with_backtracking(path, template, parameters):
    assert found(LOOSE, path, is_rest=False) == (template, parameters)


@pytest.mark.parametrize("path", ["/file.", "/file", "/xfile.json", "/file.json/"])
def test_a_parameter_behind_a_text_may_not_be_empty_at_the_end(path):
    assert found(("/file.{ext}",), path, is_rest=False) is None


def test_without_rest_routes_that_the_same_paths_match_are_refused_too():
    with pytest.raises(ValueError, match="there is a route already"):
        trie("/f.{a}", "/f.{b}", is_rest=False)


def test_the_case_of_a_text_before_a_parameter_is_mended():
    assert trie("/File.{ext}", is_rest=False).fixed("GET", "/fILE.JSON") == "/File.JSON"


def test_a_method_without_routes_mends_nothing():
    assert trie(*ROUTES).fixed("PUT", "/STATIC") is None


def test_of_two_routes_that_differ_in_case_the_first_is_meant():
    made = trie("/Cased", "/cased")
    assert made.fixed("GET", "/CASED") == "/Cased"
    assert found(("/Cased", "/cased"), "/cased") == ("/cased", {})


def test_a_tree_gives_the_values_of_parameters_in_order():
    tree: Tree[str] = Tree()
    tree.add("/{a}/x/{b}", "value")
    assert tree.match("/1/x/2") == ("value", ["1", "2"])
