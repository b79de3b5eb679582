"""The Compose files are YAML, keep to the loopback address and to one version, and name settings that a real server accepts."""

import re
from pathlib import Path

import pytest
import yaml
from neo4j_fixtures import PrivateServers
from neo4j_jars import version
from neo4j_server import connected

DEPLOY = Path(__file__).parents[3] / "deploy"
OF_THE_IMAGE = {"NEO4J_AUTH_FILE", "NEO4J_ACCEPT_LICENSE_AGREEMENT"}
ENTERPRISE_ONLY = {
    "dbms.cluster.discovery.v2.endpoints",
    "dbms.cluster.discovery.version",
    "dbms.cluster.minimum_initial_system_primaries_count",
    "initial.dbms.default_primaries_count",
}

Service = dict[str, object]


def compose(name: str) -> dict[str, dict[str, Service]]:
    read = yaml.safe_load((DEPLOY / name).read_text(encoding="utf-8"))
    assert isinstance(read, dict)
    return read


def services(name: str) -> list[Service]:
    return list(compose(name)["services"].values())


def conf(service: Service) -> dict[str, str]:
    """Return the lines of neo4j.conf that the image makes of its environment: _ is a dot, and __ is a _."""
    environment = service["environment"]
    assert isinstance(environment, dict)
    names = {
        name: re.sub("_+", lambda run: "_" if len(run[0]) == 2 else ".", name[6:]) for name in environment
    }
    return {names[name]: value for name, value in environment.items() if name not in OF_THE_IMAGE}


@pytest.mark.parametrize(
    ("file", "edition", "num_servers"),
    [("compose.yaml", "community", 1), ("compose.cluster.yaml", "enterprise", 3)],
)
def test_every_server_is_pinned_local_and_reads_its_password_from_a_file(
    file: str, edition: str, num_servers: int
) -> None:
    found = services(file)
    assert len(found) == num_servers
    for service in found:
        assert service["image"] == f"neo4j:{version()}-{edition}"
        ports = service["ports"]
        assert isinstance(ports, list)
        assert [port.rpartition(":")[0].rpartition(":")[0] for port in ports] == ["127.0.0.1"]
        assert service["secrets"] == ["neo4j_auth"]
        assert "NEO4J_AUTH" not in service["environment"]
        assert all(isinstance(value, str) for value in conf(service).values())
    volumes = [volume.partition(":")[0] for service in found for volume in service["volumes"]]
    assert sorted(volumes) == sorted(compose(file)["volumes"])


def test_a_real_server_accepts_the_settings(neo4j_server_factory: PrivateServers) -> None:
    (single,) = services("compose.yaml")
    # What has to differ on the machine of the tests: it has less memory, and its ports are taken.
    own = {"server.bolt.advertised_address", "server.memory.heap.initial_size", "server.memory.heap.max_size"}
    clustered = [
        {name: conf(server)[name] for name in conf(server).keys() - own}
        for server in services("compose.cluster.yaml")
    ]
    given = {name: value for name, value in conf(single).items() if name not in own}
    for server in clustered:
        assert server.keys() > ENTERPRISE_ONLY
        given |= {name: value for name, value in server.items() if name not in ENTERPRISE_ONLY}
    started = neo4j_server_factory(settings=given)
    with connected(started.url, started.user, started.password) as driver:
        known = driver.execute_query("SHOW SETTINGS YIELD name, isExplicitlySet", database_="neo4j").records
    started.stop()
    assert given.keys() <= {row["name"] for row in known if row["isExplicitlySet"]}
    assert own <= {row["name"] for row in known}
    assert not ENTERPRISE_ONLY & {row["name"] for row in known}
    assert named_in_the_docs() <= {row["name"] for row in known} | ENTERPRISE_ONLY


def named_in_the_docs() -> set[str]:
    """Return the settings that the page on operations names, except families whose members the site names itself."""
    text = (DEPLOY.parent / "docs" / "operations.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:server|dbms|db|initial)\.[a-z0-9_.]+)[`=]", text))
    families = {name for name in named if name.startswith(("dbms.ssl.policy.", "server.metrics"))}
    assert len(named) > len(families) > 0
    return named - families
