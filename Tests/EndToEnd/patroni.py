"""PostgreSQL that fails over by itself: two servers under Patroni, with etcd on a third machine."""

import contextlib
import json
import os
import signal
import subprocess
import time
import urllib.request
from pathlib import Path

from machines import Machine
from observer import wait_for
from postgres import binaries

TTL = 20
CONFIGURATION = """
scope: slo
name: {name}
restapi: {{listen: "{host}:8008", connect_address: "{host}:8008"}}
etcd3: {{host: "{etcd}:2379"}}
bootstrap:
  dcs:
    ttl: {ttl}
    loop_wait: 5
    retry_timeout: 5
    synchronous_mode: true
    postgresql:
      use_pg_rewind: true
      # wal_sender_timeout as deploy/postgresql/roles.sql says.
      parameters: {{max_connections: 100, wal_log_hints: "on", max_wal_size: 128MB, wal_sender_timeout: 5s}}
  initdb: [{{auth-host: trust}}, {{auth-local: trust}}, {{encoding: UTF8}}, {{locale: C}}]
postgresql:
  listen: "{host}:5432"
  connect_address: "{host}:5432"
  bin_dir: {binaries}
  data_dir: {folder}/data
  pgpass: {folder}/pgpass
  authentication:
    superuser: {{username: postgres}}
    replication: {{username: postgres}}
    rewind: {{username: postgres}}
  parameters: {{unix_socket_directories: {folder}}}
  pg_hba: ["local all all trust", "host all all all trust", "host replication all all trust"]
"""


class Server:
    """A machine with PostgreSQL and the Patroni that runs it."""

    def __init__(self, name: str, machine: Machine, folder: Path, etcd: str):
        self.name, self.machine, self.folder = name, machine, folder
        self.process = None
        folder.mkdir(exist_ok=True)
        subprocess.run(["chown", "postgres", folder], check=True)
        folder.chmod(0o700)
        (folder / "patroni.yml").write_text(CONFIGURATION.format(
            name=name, host=machine.host, etcd=etcd, ttl=TTL, binaries=binaries(), folder=folder))

    def start(self):
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                [*self.machine.before, "setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "patroni",
                 str(self.folder / "patroni.yml")], stdout=log, stderr=log, cwd="/", start_new_session=True)

    def state(self) -> dict:
        with contextlib.suppress(OSError, ValueError):
            try:
                answer = urllib.request.urlopen(f"http://{self.machine.host}:8008/patroni", timeout=1)
            except urllib.error.HTTPError as error:
                answer = error
            return json.loads(answer.read())
        return {}

    @property
    def is_primary(self) -> bool:
        state = self.state()
        return state.get("role") in ("master", "primary") and state.get("state") == "running"

    def die(self):
        """As a machine that loses its power: nobody hears a word of it any more."""
        self.machine.cut_off()
        for process in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        if self.process:
            self.process.wait()

    def kill_postgres(self):
        """PostgreSQL alone; Patroni starts it again."""
        os.kill(int((self.folder / "data/postmaster.pid").read_text().split()[0]), signal.SIGKILL)

    def processes(self) -> list:
        """Those on its machine."""
        done = subprocess.run(["ip", "netns", "pids", self.machine.name], capture_output=True, text=True)
        return [int(word) for word in done.stdout.split()]

    def come_back(self):
        self.machine.join()
        self.start()


class Patroni:
    """The first server is the primary at the beginning."""

    def __init__(self, folder: Path, machines: list, witness: Machine):
        """- Parameter machines: one for each server, with the folder of its data."""
        self.folder = folder
        with open(folder / "etcd.log", "ab") as log:
            self.etcd = subprocess.Popen(
                [*witness.before, "etcd", "--data-dir", str(folder / "etcd"),
                 "--listen-client-urls", "http://0.0.0.0:2379",
                 "--advertise-client-urls", f"http://{witness.host}:2379"], stdout=log, stderr=log)
        self.witness = witness
        self.servers = [Server(f"db{number}", machine, place, witness.host)
                        for number, (machine, place) in enumerate(machines, 1)]
        self.servers[0].start()
        wait_for(lambda: self.servers[0].is_primary, 60, "the first server is the primary", pace=0.5)
        self.servers[1].start()
        self.wait_until_synchronous()
        self.sql("CREATE ROLE slo LOGIN")

    @property
    def primary(self) -> Server:
        found = [server for server in self.servers if server.is_primary]
        if len(found) != 1:
            raise OSError(f"{len(found)} servers are the primary")
        return found[0]

    @property
    def standby(self) -> Server:
        primary = self.primary
        return next(server for server in self.servers if server is not primary)

    def wait_until_synchronous(self, patience: float = 120):
        wait_for(lambda: self.sql("SELECT sync_state FROM pg_stat_replication") == ["sync"], patience,
                 "the standby is synchronous", pace=0.5)

    def sql(self, text: str, database: str = "postgres") -> list:
        """On the primary."""
        done = subprocess.run(
            [f"{binaries()}/psql", "-h", self.primary.machine.host, "-U", "postgres", "-qAtX", "-v", "ON_ERROR_STOP=1",
             "-c", text, database], capture_output=True, text=True, timeout=60)
        if done.returncode != 0:
            raise OSError(done.stderr.strip())
        return done.stdout.splitlines()

    def database(self, name: str) -> str:
        """Makes a database, and returns its address."""
        self.sql(f"CREATE DATABASE {name} OWNER slo TEMPLATE template0")
        return f"postgres://slo@{','.join(server.machine.host for server in self.servers)}/{name}"

    def close(self):
        for server in self.servers:
            if server.process:
                for process in server.processes():
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(process, signal.SIGKILL)
                server.process.wait()
        self.etcd.kill()
        self.etcd.wait()
        time.sleep(0.2)
