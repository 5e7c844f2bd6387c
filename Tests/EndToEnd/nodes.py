"""Nodes of a cluster, the nginx in front of them, and what watches that no counter goes back."""

import contextlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import threading
from pathlib import Path

from observer import ROOT, Observer, free_port, samples, wait_for
from trial import Trial


class Node(Observer):
    """What it measures is what the cluster has decided."""

    def metrics(self) -> dict:
        status, text = self.get("/metrics/cluster")
        if status != 200:
            raise OSError(f"/metrics/cluster says {status}: {text}")
        return samples(text)

    def own_metrics(self) -> dict:
        return samples(self.get("/metrics")[1])

    def post_delivery(self, delivery) -> int:
        """Returns the status of the answer."""
        with socket.create_connection((self.host, self.port), timeout=20) as connection:
            connection.sendall(delivery.request)
            return int(connection.recv(64)[9:12])

    @property
    def decides(self) -> bool:
        with contextlib.suppress(OSError, http.client.HTTPException):
            return self.own_metrics().get(("packit_slo_deciding", ())) == 1
        return False

    def freeze(self):
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)


class ClusterTrial(Trial):
    def node(self, name: str, address: str, **settings: str) -> Node:
        return self.observer(name, kind=Node, **{
            "PACKIT_SLO_CLUSTER_DATABASE": address, "PACKIT_SLO_CLUSTER_NODE": name, **settings})

    def wait_until_decided(self, node: Node, count: int):
        """A node that takes over claims only once the lease of the last one is over."""
        def decided_count() -> float:
            return sum(value for (name, labels), value in node.metrics().items()
                       if name == "packit_slo_deliveries_total" and dict(labels)["result"] in ("accepted", "ignored"))

        self.wait_until(lambda: decided_count() >= count, 40, f"{count} deliveries are decided")


class Front:
    """nginx with the configuration in `deploy`, in a folder of its own."""

    def __init__(self, folder: Path, nodes: list, host: str = "127.0.0.1", before: tuple = ()):
        self.host = host
        self.port = free_port()
        self.folder = folder
        folder.mkdir()
        text = (ROOT / "deploy/nginx-cluster.conf").read_text().replace("listen 80;", f"listen {host}:{self.port};")
        for place, node in enumerate(nodes):
            text = text.replace(f"server node{place + 1}:8080", f"server {node.host}:{node.port}")
        paths = "".join(
            f"{name}_temp_path {folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        user = "user root;\n" if os.geteuid() == 0 else ""
        (folder / "nginx.conf").write_text(
            f"{user}worker_processes 1; pid {folder}/pid; daemon off; events {{ worker_connections 1024; }}\n"
            f"http {{ access_log off; error_log {folder}/log; {paths}\n{text}}}\n")
        self.process = subprocess.Popen(
            [*before, self.program(), "-p", str(folder), "-c", f"{folder}/nginx.conf"], stderr=subprocess.DEVNULL)
        wait_for(self.listens, 10, "nginx listens")

    def listens(self) -> bool:
        with contextlib.suppress(OSError):
            socket.create_connection((self.host, self.port), timeout=1).close()
            return True
        return False

    @staticmethod
    def program() -> str:
        return shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin") or ""

    def close(self):
        self.process.terminate()
        self.process.wait()


class Scraper(threading.Thread):
    """Reads a cluster's metrics twenty times a second, from whichever node answers, and notes each counter that is less
    than it was."""

    def __init__(self, nodes: list):
        super().__init__(daemon=True)
        self.nodes = nodes
        self.stopping = threading.Event()
        self.scrapes = 0
        self.back = []
        self.failure = None

    def run(self):
        last = {}
        turn = 0
        while not self.stopping.wait(0.05):
            turn += 1
            try:
                now = self.nodes[turn % len(self.nodes)].metrics()
            except (OSError, http.client.HTTPException):
                continue
            except Exception as error:  # noqa: BLE001 - the test asks for it.
                self.failure = error
                return
            self.scrapes += 1
            for key, value in now.items():
                if key[0].endswith(("_total", "_count", "_sum", "_bucket")) and value < last.get(key, 0):
                    self.back.append((key, last[key], value))
            last = now

    def stop(self):
        self.stopping.set()
        self.join(30)
