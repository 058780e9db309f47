"""The site over HTTPS, for real: what its answers carry, and what may be kept."""

import re
import ssl
from collections.abc import Iterator

import httpx
import pytest
from websockets.sync.client import connect

from tests.server import Server, product


def policy_of(response: httpx.Response) -> dict[str, str]:
    directives = response.headers["Content-Security-Policy"].split("; ")
    return dict(one.split(" ", 1) for one in directives)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Everything, with collected static files."""
    folder = tmp_path_factory.mktemp("site")
    with product(folder, scheme="https", TLS="self-signed", HSTS_SECONDS="60") as it:
        yield it


@pytest.fixture(scope="module")
def trusting(site: Server) -> ssl.SSLContext:
    """Trusts the server's certificate and checks its names, unlike most that try."""
    return ssl.create_default_context(cafile=site.data_dir / "tls" / "certificate.pem")


@pytest.fixture
def client(site: Server, trusting: ssl.SSLContext) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=site.url, verify=trusting) as client:
        yield client


def test_pages_are_secure(site: Server, client: httpx.Client) -> None:
    response = client.get("/accounts/login/")
    assert response.status_code == 200
    assert response.headers["Strict-Transport-Security"] == "max-age=60"
    cookie = response.headers["Set-Cookie"]
    assert cookie.startswith("csrftoken=") and "; Secure" in cookie
    form = {"csrfmiddlewaretoken": client.cookies["csrftoken"], "login": "x"}
    origin = {"Origin": site.url, "Referer": f"{site.url}/accounts/login/"}
    assert client.post("/accounts/login/", data=form, headers=origin).is_success
    elsewhere = {"Origin": "https://example.com"}
    refused = client.post("/accounts/login/", data=form, headers=elsewhere)
    assert refused.status_code == 403


def test_sockets_are_secure(site: Server, trusting: ssl.SSLContext) -> None:
    url = f"wss://127.0.0.1:{site.port}/ws/rooms/nothing/"
    with connect(url, ssl=trusting, subprotocols=["conference.v1"]) as socket:  # type: ignore[list-item]
        assert '"code": "no_ticket"' in str(socket.recv(timeout=60))


def test_plain_http_is_no_way_in(site: Server) -> None:
    with pytest.raises(httpx.TransportError):
        httpx.get(f"http://127.0.0.1:{site.port}/")


def test_the_address_to_open_is_shown(site: Server) -> None:
    assert f"Open https://127.0.0.1:{site.port}/" in site.log.read_text()
    assert (site.data_dir / "tls" / "key.pem").stat().st_mode & 0o077 == 0


def test_pages_allow_no_inline_script_or_style_and_nothing_from_elsewhere(
    client: httpx.Client, site: Server
) -> None:
    response = client.get("/")
    policy = policy_of(response)
    assert policy["default-src"] == "'self'"
    assert policy["object-src"] == policy["frame-ancestors"] == "'none'"
    assert policy["connect-src"] == f"'self' {site.ws_url}"
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert "camera=(self)" in response.headers["Permissions-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response.headers["X-Frame-Options"] == "DENY"


def test_only_the_names_of_the_site_are_answered(client: httpx.Client) -> None:
    for name, status in (("localhost", 200), ("example.com", 400)):
        response = client.get("/accounts/login/", headers={"Host": name})
        assert response.status_code == status


@pytest.mark.parametrize("path", ["/nothing/", "/api/v1/rooms/", "/healthz"])
def test_all_answers_carry_the_policy(client: httpx.Client, path: str) -> None:
    assert policy_of(client.get(path))["default-src"] == "'self'"


def test_only_the_admin_may_do_what_its_theme_needs(client: httpx.Client) -> None:
    assert "'unsafe-eval'" in policy_of(client.get("/admin/login/"))["script-src"]
    assert "script-src" not in policy_of(client.get("/accounts/login/"))


def test_static_files_are_compressed_and_kept_for_good(client: httpx.Client) -> None:
    page = client.get("/").text
    [sheet, *_] = re.findall(r'href="(/static/css/[\w.]+\.css)"', page)
    assert re.search(r"\.[0-9a-f]{12}\.css$", sheet)
    for encoding in ("br", "gzip"):
        response = client.get(sheet, headers={"Accept-Encoding": encoding})
        assert response.headers["Content-Encoding"] == encoding
        assert response.headers["Cache-Control"] == (
            "max-age=315360000, public, immutable"
        )
        assert policy_of(response)["default-src"] == "'self'"


def test_no_script_holds_a_page_up(client: httpx.Client) -> None:
    """Modules and deferred scripts wait until the page is read."""
    for path in ("/", "/accounts/login/"):
        for script in re.findall(r"<script\b[^>]*>", client.get(path).text):
            assert "src=" in script
            assert 'type="module"' in script or " defer" in script, script
