"""A name that nothing answers is told with what it is and with the step that gets it."""
import pytest

from krakpy.codes import Code
from krakpy.extension.catalog import known_packages
from krakpy.extension.missing import unanswered
from krakpy.extension.needs import FAMILIES
from tests.distributions import Site

SERVICE, ROUTER = FAMILIES["service"], FAMILIES["endpoint"]


@pytest.fixture
def catalog(tmp_path):
    site = Site(tmp_path / "site")
    site.add("acme", hooks={"geo": "a:B"}, decoder={"csv": "a:C"}, backend={"acme/retry": "a:D"})
    return site.catalog()


@pytest.mark.parametrize(
    ("families", "name", "code", "said"),
    [
        (("hooks",), "locate", Code.NOT_INSTALLED, "pip install the package that offers the hook 'locate'"),
        (("hooks",), "acme-locate/locate", Code.NOT_INSTALLED, "pip install acme-locate"),
        (("hooks",), "goe", Code.NOT_INSTALLED, "did you mean 'geo'?"),
        (("decoder",), "cvs", Code.UNKNOWN_NAME, "did you mean 'csv'?"),
        (("merger",), "zip", Code.UNKNOWN_NAME, "pip install the package that offers the merger 'zip'"),
        (("discovery",), "dns", Code.UNKNOWN_NAME, "pip install krakpy-dns"),
        (("decoder",), "xml", Code.UNKNOWN_NAME, "pip install krakpy-xml"),
        (("decoder",), "yaml", Code.ENTERPRISE, "'yaml' is the decoder of YAML of KrakenD Enterprise"),
        (("backend", "client"), "acme/retyr", Code.UNKNOWN_NAMESPACE, "did you mean 'acme/retry'?"),
        (("backend", "client"), "acme/unheard-of", Code.UNKNOWN_NAMESPACE, "pip install the package that answers it"),
        (("backend", "client"), "backend/lambda", Code.UNKNOWN_NAMESPACE, "no released package of krakpy answers"),
        (ROUTER, "auth/api-keys", Code.ENTERPRISE, "is a component of KrakenD Enterprise"),
        (ROUTER, "websocket", Code.ENTERPRISE, "is a component of KrakenD Enterprise"),
        (ROUTER, "plugin/http-server", Code.UNKNOWN_NAMESPACE, "it stands at the service  →  move it"),
        (SERVICE, "plugin/req-resp-modifier", Code.UNKNOWN_NAMESPACE, "the agent and the backend and the endpoint"),
    ],
)
def test_the_step_that_gets_it_is_named(catalog, families, name, code, said):
    problem = unanswered(families, name, catalog)
    assert problem.code is code
    assert said in str(problem)


@pytest.mark.parametrize(
    ("families", "name", "severity"),
    [
        (SERVICE, "backend/http", "warning"),
        (ROUTER, "router", "warning"),
        (SERVICE, "proxy", "warning"),
        (ROUTER, "backend/graphql", "warning"),
        (("backend", "client"), "telemetry/metrics", "warning"),
        (SERVICE, "qos/circuit-breaker", "error"),
        (("backend", "client"), "auth/validator", "error"),
        (ROUTER, "security/cors", "error"),
        (SERVICE, "validation/json-schema", "error"),
        (ROUTER, "plugin/http-server", "error"),
        (ROUTER, "modifier/lua-backend", "error"),
        (("backend", "client"), "acme/unheard-of", "error"),
    ],
)
def test_what_krakend_does_not_look_at_is_a_warning_unless_it_may_be_a_guard(catalog, families, name, severity):
    problem = unanswered(families, name, catalog)
    assert (problem.code, problem.severity) == (Code.UNKNOWN_NAMESPACE, severity)


def test_a_component_of_enterprise_is_told_as_such_at_any_level(catalog):
    problem = unanswered(SERVICE, "backend/soap", catalog)
    assert (problem.code, problem.severity) == (Code.ENTERPRISE, "error")


def test_a_namespace_whose_package_we_know_is_told_with_its_pip_install_line(catalog):
    for namespace, package in known_packages().items():
        levels = (SERVICE, ROUTER, ("backend", "client"))
        advice = [unanswered(families, namespace, catalog).advice for families in levels]
        assert f"pip install {package}" in advice
