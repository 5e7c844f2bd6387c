"""The real Prometheus and Alertmanager beside an observer, and somebody who is told."""

import http.client
import http.server
import json
import shutil
import subprocess
import threading
import time
import urllib.parse
from pathlib import Path

from observer import Observer, free_port

MISSING = [name for name in ("prometheus", "prometheus-alertmanager") if not shutil.which(name)]


class Receiver:
    """Takes what Alertmanager delivers, as a pager would."""

    def __init__(self):
        told = self.told = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                told.extend(message["alerts"])
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/on-call"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def alert(self, status: str, **labels: str):
        """The last one told of with this status and these labels."""
        return next((alert for alert in reversed(list(self.told))
                     if alert["status"] == status and labels.items() <= alert["labels"].items()), None)

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Watch:
    """Prometheus scrapes the observer by the rules given, each second unless said otherwise, and tells Alertmanager,
    which tells at once."""

    def __init__(self, folder: Path, observer: Observer, rules: str, interval: str = "1s"):
        self.folder = folder
        self.receiver = Receiver()
        self.port, alertmanager = free_port(), free_port()
        (folder / "rules.yml").write_text(rules)
        self.processes = [
            self.start("prometheus-alertmanager", {
                "route": {"receiver": "on-call", "group_by": ["..."], "group_wait": "0s", "group_interval": "1s"},
                "receivers": [{
                    "name": "on-call", "webhook_configs": [{"url": self.receiver.url, "send_resolved": True}],
                }],
            }, alertmanager, f"--storage.path={folder}/alertmanager", "--cluster.listen-address="),
            self.start("prometheus", {
                "global": {"scrape_interval": interval, "evaluation_interval": interval},
                "rule_files": ["rules.yml"],
                "alerting": {"alertmanagers": [{"static_configs": [{"targets": [f"127.0.0.1:{alertmanager}"]}]}]},
                "scrape_configs": [{
                    "job_name": "packit-slo", "static_configs": [{"targets": [f"127.0.0.1:{observer.port}"]}],
                }],
            }, self.port, f"--storage.tsdb.path={folder}/prometheus", "--enable-feature=exemplar-storage"),
        ]

    def start(self, program: str, configuration: dict, port: int, *options: str) -> subprocess.Popen:
        # Both read YAML, of which JSON is a part.
        (self.folder / f"{program}.yml").write_text(json.dumps(configuration))
        with open(self.folder / f"{program}.log", "wb") as log:
            return subprocess.Popen(
                [program, f"--config.file={self.folder}/{program}.yml", f"--web.listen-address=127.0.0.1:{port}",
                 "--log.level=warn", *options],
                stdout=log, stderr=log)

    def close(self):
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait(timeout=30)
        self.receiver.close()

    def ask(self, path: str, **parameters):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("GET", f"/api/v1/{path}?" + urllib.parse.urlencode(parameters, doseq=True))
            response = connection.getresponse()
            if response.status == 503:
                raise ConnectionError("Prometheus is not ready")
            answer = json.loads(response.read())
        finally:
            connection.close()
        if answer["status"] != "success":
            raise AssertionError(f"{parameters}: {answer['error']}")
        return answer["data"]

    def samples(self, query: str, seconds: int = 0) -> list:
        """Of each series that the query gives, its labels and its values over the last seconds, or the one of now."""
        if not seconds:
            found = self.ask("query", query=query)["result"]
            return [(series["metric"], [float(series["value"][1])]) for series in found]
        now = time.time()
        found = self.ask("query_range", query=query, start=now - seconds, end=now, step=1)["result"]
        return [(series["metric"], [float(value) for _, value in series["values"]]) for series in found]

    def alerts(self) -> dict:
        """Since when each alert holds that is pending or firing, by its labels."""
        return {tuple(sorted(alert["labels"].items())): alert["activeAt"] for alert in self.ask("alerts")["alerts"]}
