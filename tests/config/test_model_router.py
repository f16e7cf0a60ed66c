"""What the router's options say that they do not do."""

import pytest

from krakpy.codes import Code
from tests.config.sample import endpoint, service


def router(**options):
    return service(endpoint(), extra_config={"router": options})


@pytest.mark.parametrize(
    ("options", "key"),
    [({"app_engine": True}, "app_engine"), ({"max_multipart_memory": 1}, "max_multipart_memory")],
    ids=["app_engine", "max_multipart_memory"],
)
def test_an_option_without_effect_is_accepted_with_a_warning(loading, options, key):
    (problem,) = loading(router(**options)).problems
    assert (problem.code, problem.severity) == (Code.IGNORED, "warning")
    assert problem.place == f"extra_config.router.{key}"


def test_app_engine_behind_a_trusted_proxy_is_all_right(loading):
    assert not loading(router(app_engine=True, trusted_proxies=["10.0.0.1"])).problems


def test_an_option_that_nobody_has_is_refused_with_what_does_it(refusal):
    (problem,) = refusal(router(case_insensitive=True))
    assert (problem.code, problem.place) == (Code.UNKNOWN_KEY, "extra_config.router.case_insensitive")
    assert "disable_redirect_fixed_path" in problem.advice
