"""The routing table that both stand-ins find their endpoints with."""

from __future__ import annotations

from local.stand_ins.http.routing import RoutingTable

TABLE = RoutingTable(
    [
        ("GET", "/users/{id}", "one"),
        ("GET", "/users/me", "me"),
        ("GET", "/users/{id}/identities/{id}", "identity"),
        ("PUT", "/tags/{arn+}", "tag"),
        ("GET", "/a.json", "dot"),
    ]
)


def test_path_without_parameters_comes_before_one_with_them() -> None:
    assert TABLE.find("GET", "/users/me") == ("me", ())
    assert TABLE.find("GET", "/users/7") == ("one", (("id", "7"),))


def test_parameters_come_in_order_with_their_names() -> None:
    assert TABLE.find("GET", "/users/7/identities/9") == ("identity", (("id", "7"), ("id", "9")))


def test_only_a_parameter_with_a_plus_holds_slashes() -> None:
    assert TABLE.find("PUT", "/tags/arn:aws/instance/1") == ("tag", (("arn", "arn:aws/instance/1"),))
    assert TABLE.find("GET", "/users/7/8") is None


def test_method_and_every_character_of_the_path_count() -> None:
    assert TABLE.find("POST", "/users/7") is None
    assert TABLE.find("GET", "/users/7/") is None
    assert TABLE.find("GET", "/axjson") is None
