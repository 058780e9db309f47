"""A real RTMP server for tests: nginx with its RTMP module, on a free port."""

import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.server import free_port

START_SECONDS = 60  # on a busy machine
MODULE = Path("/usr/lib/nginx/modules/ngx_rtmp_module.so")


@dataclass
class RtmpServer:
    """Whoever knows a name publishes and plays ``rtmp://127.0.0.1:port/live/name``."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"rtmp://127.0.0.1:{self.port}/live"

    def start(self) -> None:
        """Also once more, on the same port."""
        program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin")
        assert program and MODULE.exists(), (
            "nginx's RTMP module is missing; `make test` installs it or says how."
        )
        (self.folder / "nginx.conf").write_text(
            f"""
            load_module {MODULE};
            daemon off; master_process off; worker_processes 1;
            pid {self.folder}/pid; error_log {self.folder}/log info;
            events {{ worker_connections 64; }}
            rtmp {{ server {{
                listen 127.0.0.1:{self.port};
                application live {{ live on; wait_key on; idle_streams off; }}
            }} }}
            """
        )
        command = [program, "-p", str(self.folder), "-c", "nginx.conf"]
        with (self.folder / "output").open("ab") as output:
            self.process = subprocess.Popen(
                command, stdout=output, stderr=subprocess.STDOUT
            )
        deadline = time.monotonic() + START_SECONDS
        while True:
            with suppress(OSError):
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            is_running = self.process.poll() is None and time.monotonic() < deadline
            assert is_running, (self.folder / "output").read_text()
            time.sleep(0.05)

    def stop(self) -> None:
        """As a crash does."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


@contextmanager
def rtmp_server() -> Iterator[RtmpServer]:
    with tempfile.TemporaryDirectory(prefix="conference-rtmp-") as folder:
        server = RtmpServer(Path(folder))
        server.start()
        try:
            yield server
        finally:
            server.stop()


@contextmanager
def tls_in_front(port: int, certificate: Path, key: Path) -> Iterator[int]:
    """The port of a proxy that ends TLS before a server on this machine."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        proxy = threading.Thread(target=_serve, args=(listener, context, port))
        proxy.start()
        try:
            yield listener.getsockname()[1]
        finally:
            # Closing alone does not wake the thread that accepts.
            listener.shutdown(socket.SHUT_RDWR)
            proxy.join()


def _serve(listener: socket.socket, context: ssl.SSLContext, port: int) -> None:
    """Each connection as long as both sides want it, or the proxy is there."""
    with ExitStack() as open_until_the_end:
        while True:
            try:
                plain, _address = listener.accept()
            except OSError:
                return
            try:
                secure = context.wrap_socket(plain, server_side=True)
            except OSError:  # a client that does not trust us
                plain.close()
                continue
            behind = socket.create_connection(("127.0.0.1", port))
            for one, other in ((secure, behind), (behind, secure)):
                copying = threading.Thread(target=_copy, args=(one, other))
                copying.start()
                open_until_the_end.callback(_end, one, copying)


def _copy(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(1 << 16):
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_RDWR)


def _end(source: socket.socket, copying: threading.Thread) -> None:
    with suppress(OSError):
        source.shutdown(socket.SHUT_RDWR)
    copying.join()
    source.close()
