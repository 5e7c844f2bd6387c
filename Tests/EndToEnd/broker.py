"""A RabbitMQ of the tests' own, on loopback, all of it in a folder; and what lies between it and a client."""

import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import threading
import time
from pathlib import Path

from observer import ROOT

SERVER = "/usr/lib/rabbitmq/bin/rabbitmq-server"
TOOLS = ROOT / ".build" / "fedora-messaging"
PUBLISHER = Path(__file__).with_name("publish.py")


def missing() -> str:
    """What is not installed here, if anything is."""
    if not Path(SERVER).exists():
        return "rabbitmq-server"
    if not shutil.which("openssl"):
        return "openssl"
    if not (TOOLS / "bin" / "python").exists():
        return "Fedora Messaging (scripts/fedora-messaging-tools)"
    return ""


def free_ports(count: int) -> list:
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


class Certificates:
    """An authority and what it signs, in a folder."""

    def __init__(self, folder: Path):
        self.folder = folder
        folder.mkdir()

    def openssl(self, *arguments: str):
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True)

    def authority(self, name: str) -> Path:
        self.openssl(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.pem")
        return self.folder / f"{name}.pem"

    def certificate(self, name: str, authority: str, common_name: str) -> tuple:
        self.openssl(
            "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj",
            f"/CN={common_name}", "-keyout", f"{name}.key", "-out", f"{name}.request")
        extensions = self.folder / f"{name}.extensions"
        extensions.write_text(f"subjectAltName=DNS:{common_name}\n")
        self.openssl(
            "x509", "-req", "-in", f"{name}.request", "-CA", f"{authority}.pem", "-CAkey", f"{authority}.key",
            "-CAcreateserial", "-days", "2", "-extfile", extensions.name, "-out", f"{name}.pem")
        return self.folder / f"{name}.pem", self.folder / f"{name}.key"


class Broker:
    """Its users are those that an operator would ask for: `fedora` may have queues whose names are UUIDs and bind them
    to `amq.topic`, and comes with a certificate, or with a password; `publisher` may publish there."""

    PASSWORD = "broker-password-0123456789"
    UUIDS = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"

    def __init__(self, folder: Path):
        self.folder = folder
        folder.mkdir()
        self.port, self.tls_port, self.epmd_port, distribution_port = free_ports(4)
        certificates = Certificates(folder / "certificates")
        self.authority = certificates.authority("authority")
        self.stranger = certificates.authority("stranger")
        certificate, key = certificates.certificate("broker", "authority", "localhost")
        self.client = certificates.certificate("client", "authority", "fedora")
        self.strange_client = certificates.certificate("strange", "stranger", "fedora")
        (folder / "plugins").write_text("[rabbitmq_auth_mechanism_ssl].\n")
        (folder / "definitions.json").write_text(json.dumps({
            "vhosts": [{"name": "/public_pubsub"}],
            "users": [
                {"name": name, "password": self.PASSWORD, "tags": ""} for name in ("fedora", "publisher")],
            "permissions": [
                {"user": "fedora", "vhost": "/public_pubsub", "configure": self.UUIDS, "write": self.UUIDS,
                 "read": self.UUIDS[:-1] + "$|^amq[.]topic$"},
                {"user": "publisher", "vhost": "/public_pubsub", "configure": ".*", "write": ".*", "read": ".*"},
            ],
        }))
        (folder / "rabbitmq.conf").write_text(f"""
listeners.tcp.1 = 127.0.0.1:{self.port}
listeners.ssl.1 = 127.0.0.1:{self.tls_port}
ssl_options.cacertfile = {self.authority}
ssl_options.certfile = {certificate}
ssl_options.keyfile = {key}
ssl_options.verify = verify_peer
ssl_options.fail_if_no_peer_cert = true
ssl_cert_login_from = common_name
auth_mechanisms.1 = PLAIN
auth_mechanisms.2 = EXTERNAL
load_definitions = {folder / 'definitions.json'}
log.console = true
log.console.level = info
log.file = false
""")
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": str(folder), "ERL_EPMD_PORT": str(self.epmd_port),
            # It goes when it is told to, even if it has not heard of the broker's end yet.
            "ERL_EPMD_ADDRESS": "127.0.0.1", "ERL_EPMD_RELAXED_COMMAND_CHECK": "1",
            "RABBITMQ_NODENAME": f"packit-slo-{os.getpid()}@localhost", "RABBITMQ_LOG_BASE": str(folder),
            "RABBITMQ_MNESIA_BASE": str(folder / "data"),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"), "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"), "RABBITMQ_DIST_PORT": str(distribution_port),
            # Two cores are enough, and one that spins while it waits would take them from what is tested.
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 2:2 +sbwt none",
        }
        self.log = open(folder / "log", "ab")
        self.process = None

    def start(self, patience: float = 120):
        self.process = subprocess.Popen(
            [SERVER], env=self.environment, cwd=self.folder, stdout=self.log, stderr=self.log, start_new_session=True)
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                socket.create_connection(("127.0.0.1", self.tls_port), 1).close()
                return
            except OSError:
                time.sleep(0.1)
        raise AssertionError("RabbitMQ does not start: " + (self.folder / "log").read_text()[-2000:])

    def stop(self):
        self.signal(signal.SIGTERM)
        self.process.wait(timeout=60)

    def close(self):
        if self.process and self.process.poll() is None:
            self.signal(signal.SIGKILL)
            self.process.wait()
        subprocess.run(["epmd", "-kill"], env=self.environment, capture_output=True)
        self.log.close()

    def signal(self, number: int):
        os.killpg(self.process.pid, number)

    def url(self, user: str, port: int = None) -> str:
        return f"amqp://{user}:{self.PASSWORD}@127.0.0.1:{port or self.port}/%2Fpublic_pubsub"

    def tell(self, *orders: dict) -> list:
        """Has the publisher do these things, and returns what it printed."""
        done = subprocess.run(
            [TOOLS / "bin" / "python", PUBLISHER, self.url("publisher")], text=True, capture_output=True, timeout=60,
            input="".join(json.dumps(order) + "\n" for order in orders))
        if done.returncode:
            raise AssertionError("the publisher fails: " + done.stderr[-2000:])
        return done.stdout.split()


class Between:
    """Stands between a client and a broker, and hands on what each says, frame by frame, unless told otherwise."""

    CANCEL, ACKNOWLEDGE = (60, 30), (60, 80)

    def __init__(self, port: int):
        self.port_behind = port
        self.swallowed = set()
        """Methods that get no further, by class and number."""
        self.connections = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            try:
                broker = socket.create_connection(("127.0.0.1", self.port_behind))
            except OSError:
                client.close()
                continue
            self.connections.append((client, broker))
            for one, other, preamble in ((client, broker, 8), (broker, client, 0)):
                threading.Thread(target=self.hand_on, args=(one, other, preamble), daemon=True).start()

    def hand_on(self, one: socket.socket, other: socket.socket, preamble: int):
        waiting = b""
        try:
            while data := one.recv(65536):
                waiting += data
                if preamble:
                    if len(waiting) < preamble:
                        continue
                    other.sendall(waiting[:preamble])
                    waiting, preamble = waiting[preamble:], 0
                while len(waiting) >= 7:
                    kind, _, size = struct.unpack(">BHI", waiting[:7])
                    if len(waiting) < size + 8:
                        break
                    frame, waiting = waiting[:size + 8], waiting[size + 8:]
                    if kind == 1 and struct.unpack(">HH", frame[7:11]) in self.swallowed:
                        continue
                    other.sendall(frame)
        except OSError:
            pass
        try:
            other.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        one.close()

    def cut(self):
        """Ends all connections, hard."""
        for pair in self.connections:
            for end in pair:
                try:
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
        self.connections.clear()

    def close(self):
        # Wakes who accepts, which a close alone does not.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.cut()
