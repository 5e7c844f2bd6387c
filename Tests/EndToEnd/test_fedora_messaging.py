"""Copr's messages from a real broker, sent by Fedora Messaging's own publisher: they arrive and count once, whatever
happens to the broker, to what lies between, and to the server."""

import errno
import json
import signal
import sqlite3
import time
import unittest
import uuid
from pathlib import Path

from broker import Between, Broker, missing
from observer import folder, pull_request
from shim import WRITE, Shim
from trial import Trial, decided


def copr(kind: str, build: int, status: int, user: str = "packit", **fields) -> dict:
    body = {
        "build": build, "chroot": "fedora-rawhide-x86_64", "owner": "packit", "copr": f"acme-rocket-{build}",
        "user": user, "pkg": "rocket", "version": "1-1", "status": status, "ip": "2620:52:3:1:dead:beef:cafe:c141",
        "pid": 4021, "who": "backend.worker", "what": f"build {kind}: user:{user} build:{build}",
    }
    return {"kind": kind, "id": str(uuid.uuid4()), "body": {**body, **fields}}


def build(number: int, **fields) -> list:
    return [copr("start", number, 3, **fields), copr("end", number, 1, **fields)]


class FedoraMessagingTests(Trial):
    """One broker for all of them: it starts slowly."""

    @classmethod
    def setUpClass(cls):
        if what := missing():
            raise unittest.SkipTest(f"{what} is not installed")
        cls.scratch = folder()
        cls.addClassCleanup(cls.scratch.cleanup)
        cls.broker = Broker(Path(cls.scratch.name).resolve() / "broker")
        cls.addClassCleanup(cls.broker.close)
        cls.broker.start()

    def setUp(self):
        super().setUp()
        self.queue = str(uuid.uuid4())

    def consumer(self, url: str, name: str = "observer", **settings: str):
        return self.observer(name, **{
            "PACKIT_SLO_FEDORA_MESSAGING_URL": url, "PACKIT_SLO_FEDORA_MESSAGING_QUEUE": self.queue,
            "PACKIT_SLO_FEDORA_MESSAGING_HEARTBEAT": "1s", "PACKIT_SLO_LOG_LEVEL": "info",
            "PACKIT_SLO_COPR_WEBHOOK_SECRETS": "not-used-here-0123456789", **settings})

    def secure_settings(self, **settings: str) -> dict:
        certificate, key = self.broker.client
        return {
            "PACKIT_SLO_FEDORA_MESSAGING_TLS_CA_FILE": str(self.broker.authority),
            "PACKIT_SLO_FEDORA_MESSAGING_TLS_CERTIFICATE_FILE": str(certificate),
            "PACKIT_SLO_FEDORA_MESSAGING_TLS_PRIVATE_KEY_FILE": str(key), **settings}

    @property
    def secure_url(self) -> str:
        return f"amqps://fedora@localhost:{self.broker.tls_port}/%2Fpublic_pubsub"

    def between(self) -> Between:
        between = Between(self.broker.port)
        self.addCleanup(between.close)
        return between

    def wait_until_consuming(self, observer):
        self.wait_until(
            lambda: observer.metric("packit_slo_fedora_messaging_connected") == 1, 60,
            "the broker's messages come: " + observer.log_path.read_text()[-1500:])

    def wait_for(self, observer, count: float, result: str = "accepted"):
        self.wait_until(
            lambda: self.deliveries(observer, result) >= count, 60, f"{count} {result}, not "
            f"{self.deliveries(observer, result)}")
        self.assertEqual(self.deliveries(observer, result), count)

    def wait_for_end(self, observer, reason: str, times: int = 1):
        self.wait_until(
            lambda: observer.metric("packit_slo_fedora_messaging_disconnections_total", reason=reason) >= times, 60,
            f"a connection that ended because {reason}")

    @staticmethod
    def deliveries(observer, result: str) -> float:
        return observer.metric("packit_slo_deliveries_total", source="copr", result=result)

    def assert_builds(self, observer, queued: int):
        self.assertEqual(observer.metric("packit_builds_queued_total", deployment="prod"), queued)
        self.assertEqual(
            observer.metric("packit_builds_finished_total", deployment="prod", outcome="success"), queued)

    def assert_queue_is_empty_after_stop(self, observer):
        """What was acknowledged is gone; what was not would be back by now."""
        self.assertEqual(observer.stop(), 0)
        self.assertEqual(self.broker.tell({"kind": "waiting", "queue": self.queue}), ["0"])

    def test_messages_arrive_over_tls_and_count(self):
        observer = self.consumer(self.secure_url, **self.secure_settings()).start()
        self.wait_until_consuming(observer)
        self.broker.tell(
            *build(11), copr("chroot", 11, 3), *build(12, user="packit-stg"), *build(13, user="somebody"),
            copr("start", 14, 3, chroot="srpm-builds", pkg=None, version=None))
        self.wait_for(observer, 5)
        self.wait_for(observer, 2, "ignored")
        self.assert_builds(observer, 1)
        self.assertEqual(observer.metric("packit_builds_queued_total", deployment="stg"), 1)
        # Between `sent-at`, in whole seconds, and receipt.
        self.assertEqual(observer.metric("packit_slo_delivery_lag_seconds_count", source="copr"), 5)
        status, text = observer.get("/readyz")
        self.assertEqual(status, 200)
        self.assertIn('{"component":"fedora_messaging","ready":true,"reason":""}', text)
        numbers = decided(observer.metrics())

        exported = observer.run("export", "--raw")
        self.assertEqual(exported.returncode, 0, exported.stderr)
        recorded = [json.loads(line) for line in exported.stdout.splitlines()]
        self.assertEqual({record["source"] for record in recorded}, {"copr"})
        documents = [json.loads(record["body"]) for record in recorded]
        self.assertEqual(
            [set(document) for document in documents], [{"id", "topic", "headers", "body"}] * len(documents))
        self.assertEqual(documents[0]["topic"], "org.fedoraproject.prod.copr.build.start")
        self.assertIn("sent-at", documents[0]["headers"])
        recording = self.path / "recording.jsonl"
        recording.write_text(exported.stdout)
        replayed = observer.run("replay", str(recording), "--format", "json")
        self.assertEqual(replayed.returncode, 0, replayed.stderr)
        self.assert_queue_is_empty_after_stop(observer)
        # The same documents by the webhook's way give the same numbers, and are known.
        by_webhook = self.observer("webhook").start()
        for record in recorded:
            self.assertEqual(by_webhook.post("copr", record["body"].encode())[0], 202)
        self.assert_same_numbers(numbers, decided(by_webhook.metrics()), "over the broker, by webhook")

    def test_the_configuration_of_fedora_messaging_serves(self):
        certificate, key = self.broker.client
        file = self.path / "fedora.toml"
        file.write_text(f"""
            amqp_url = "{self.secure_url}"
            [tls]
            ca_cert = "{self.broker.authority}"
            keyfile = "{key}"
            certfile = "{certificate}"
            [queues."{self.queue}"]
            durable = false
            auto_delete = true
            exclusive = true
            arguments = {{}}
            [[bindings]]
            queue = "{self.queue}"
            exchange = "amq.topic"
            routing_keys = ["org.fedoraproject.prod.copr.#"]
            """)
        observer = self.observer(
            "observer", PACKIT_SLO_FEDORA_MESSAGING_CONFIG_FILE=str(file), PACKIT_SLO_LOG_LEVEL="info").start()
        self.wait_until_consuming(observer)
        self.broker.tell(*build(21), copr("chroot", 21, 3))
        self.wait_for(observer, 2)
        self.wait_for(observer, 1, "ignored")
        self.assert_queue_is_empty_after_stop(observer)

    def test_a_new_password_is_in_force_when_its_file_changes(self):
        right = self.broker.url("fedora")
        file = self.path / "fedora.toml"

        def write(url: str):
            file.write_text(f'amqp_url = "{url}"\n[queues."{self.queue}"]\n')

        write(right.replace(Broker.PASSWORD, "wrong-password-0123456789"))
        observer = self.observer(
            "observer", PACKIT_SLO_FEDORA_MESSAGING_CONFIG_FILE=str(file), PACKIT_SLO_LOG_LEVEL="info").start()
        self.wait_for_end(observer, "refused")
        write(right)
        self.wait_until_consuming(observer)
        # And while it consumes: the next connection is another user's, who finds the queue as it was left.
        write(self.broker.url("publisher"))
        self.wait_until(
            lambda: observer.log_path.read_text().count("consuming Copr's messages") == 2, 60, "connected anew")
        self.broker.tell(*build(91))
        self.wait_for(observer, 2)
        self.assertEqual(observer.metric("packit_slo_fedora_messaging_queue_losses_total"), 0)
        self.assert_queue_is_empty_after_stop(observer)

    def test_what_no_publisher_sends_is_kept_counted_and_acknowledged(self):
        observer = self.consumer(self.broker.url("fedora"), PACKIT_SLO_HTTP_MAX_BODY_BYTES="64KiB").start()
        self.wait_until_consuming(observer)
        topic = "org.fedoraproject.prod.copr.build.end"
        self.broker.tell(*[
            {"kind": "raw", "topic": topic, "id": identity, "body": body} for identity, body in (
                ("p1", "no JSON"), ("p2", '{"user": "packit"}'), ("p3", '{}, "user": "packit"'), (None, ""),
                ("p5", "\xff\xfe"), ("p6", '{"user": "packit", "big": "' + "x" * 70_000 + '"}'), ("p7", "[1]"))
        ], *build(31))
        self.wait_for(observer, 2)
        self.wait_for(observer, 6, "malformed")
        self.wait_for(observer, 1, "too_large")
        self.assert_builds(observer, 1)
        self.assertEqual(observer.metric("packit_slo_malformed_events_total", source="copr", event="build.end"), 6)
        self.assert_queue_is_empty_after_stop(observer)
        database = sqlite3.connect(f"file:{observer.database}?mode=ro", uri=True)
        self.assertEqual(
            database.execute("SELECT count(*) FROM journal WHERE kind = 'delivery'").fetchone(), (8,))
        database.close()
        self.assertNotIn(Broker.PASSWORD, observer.log_path.read_text())

    def test_a_connection_that_is_cut(self):
        between = self.between()
        observer = self.consumer(self.broker.url("fedora", between.port)).start()
        self.wait_until_consuming(observer)
        between.cut()
        self.wait_for_end(observer, "closed")
        self.broker.tell(*build(41))
        self.wait_for(observer, 2)
        self.assert_builds(observer, 1)
        self.assertEqual(observer.metric("packit_slo_fedora_messaging_queue_losses_total"), 0)
        self.assert_queue_is_empty_after_stop(observer)

    def test_a_consumer_that_the_broker_lost_without_a_word(self):
        between = self.between()
        between.swallowed.add(Between.CANCEL)
        observer = self.consumer(self.broker.url("fedora", between.port)).start()
        self.wait_until_consuming(observer)
        self.broker.tell({"kind": "delete", "queue": self.queue})
        self.wait_for_end(observer, "not_consuming")
        self.wait_until_consuming(observer)
        self.assertEqual(observer.metric("packit_slo_fedora_messaging_queue_losses_total"), 1)
        self.assertGreater(observer.metric("packit_slo_fedora_messaging_gap_seconds_total"), 0)
        # Told of it, it notices at once.
        between.swallowed.clear()
        self.broker.tell({"kind": "delete", "queue": self.queue})
        self.wait_for_end(observer, "not_consuming", 2)
        self.wait_until(
            lambda: observer.metric("packit_slo_fedora_messaging_queue_losses_total") == 2, 60, "made anew")
        self.broker.tell(*build(51))
        self.wait_for(observer, 2)
        self.assert_queue_is_empty_after_stop(observer)

    def test_kill_9_between_commit_and_acknowledgement(self):
        between = self.between()
        between.swallowed.add(Between.ACKNOWLEDGE)
        observer = self.consumer(self.broker.url("fedora", between.port)).start()
        self.wait_until_consuming(observer)
        self.broker.tell(*build(61))
        self.wait_for(observer, 2)
        observer.kill()
        between.swallowed.clear()
        observer.start()
        self.wait_for(observer, 2, "duplicate")
        self.assertEqual(self.deliveries(observer, "accepted"), 2)
        self.assert_builds(observer, 1)
        self.assert_queue_is_empty_after_stop(observer)
        self.assert_sound(observer.database, "after a kill")

    def test_messages_wait_in_the_queue_while_the_disk_takes_nothing(self):
        path = self.path / "observer"
        path.mkdir()
        shim = Shim(self.path, path / "observer.sqlite")
        observer = self.consumer(self.broker.url("fedora"), **shim.environment).start()
        self.wait_until_consuming(observer)
        shim.fail(WRITE, errno.ENOSPC)
        self.broker.tell(*build(71))
        self.wait_until(lambda: self.deliveries(observer, "unstored") >= 2, 60, "messages are refused")
        self.assertEqual(self.deliveries(observer, "accepted"), 0)
        shim.heal()
        self.wait_for(observer, 2)
        self.assert_builds(observer, 1)
        self.assert_queue_is_empty_after_stop(observer)

    def test_a_broker_that_stands_still_and_one_that_is_restarted(self):
        observer = self.consumer(self.secure_url, **self.secure_settings()).start()
        self.wait_until_consuming(observer)
        self.broker.signal(signal.SIGSTOP)
        try:
            self.wait_for_end(observer, "silent")
            status, text = observer.get("/readyz")
            self.assertEqual(status, 200, "webhooks are taken without the broker")
            self.assertRegex(text, '"component":"fedora_messaging","ready":false,"reason":"[^"]+"')
            body = json.dumps(pull_request(1, "a" * 40, time.time())).encode()
            self.assertEqual(observer.github("pull_request", body, str(uuid.uuid4()))[0], 202)
        finally:
            self.broker.signal(signal.SIGCONT)
        self.wait_until_consuming(observer)
        self.broker.tell(*build(81))
        self.wait_for(observer, 2)
        self.assertEqual(observer.metric("packit_slo_fedora_messaging_queue_losses_total"), 0)

        self.broker.stop()
        self.wait_for_end(observer, "unreachable")
        self.broker.start()
        self.wait_until_consuming(observer)
        self.broker.tell(*build(82))
        self.wait_for(observer, 4)
        self.assert_builds(observer, 2)
        # Fedora's public broker keeps no queue over a restart, and this one none either.
        self.assertEqual(observer.metric("packit_slo_fedora_messaging_queue_losses_total"), 1)
        self.broker.signal(signal.SIGSTOP)
        try:
            self.assertEqual(observer.stop(), 0, "a stop does not wait for a broker that stands still")
        finally:
            self.broker.signal(signal.SIGCONT)

    def test_who_is_not_believed_and_does_not_believe_is_told_why(self):
        certificate, key = self.broker.strange_client
        for name, url, settings, reason in (
            ("client", self.secure_url, self.secure_settings(
                PACKIT_SLO_FEDORA_MESSAGING_TLS_CERTIFICATE_FILE=str(certificate),
                PACKIT_SLO_FEDORA_MESSAGING_TLS_PRIVATE_KEY_FILE=str(key)),
             "may not accept the certificate in fedora_messaging.tls.certificate_file"),
            ("broker", self.secure_url, self.secure_settings(
                PACKIT_SLO_FEDORA_MESSAGING_TLS_CA_FILE=str(self.broker.stranger)),
             "no certificate in fedora_messaging.tls.ca_file has signed"),
            ("host", self.secure_url.replace("localhost", "127.0.0.1"), self.secure_settings(),
             "certificate is for another host"),
            ("key", self.secure_url, self.secure_settings(
                PACKIT_SLO_FEDORA_MESSAGING_TLS_PRIVATE_KEY_FILE=str(key)),
             "are not a readable certificate and its key"),
            ("password", self.broker.url("fedora").replace(Broker.PASSWORD, "wrong-password-0123456789"), {},
             "ACCESS_REFUSED"),
            ("queue", self.broker.url("fedora"), {"PACKIT_SLO_FEDORA_MESSAGING_QUEUE": "no-uuid"}, "ACCESS_REFUSED"),
        ):
            with self.subTest(name):
                observer = self.consumer(url, name, **settings).start()
                self.wait_for_end(observer, "refused")
                told = observer.get("/readyz")[1]
                self.assertIn(reason, told)
                # Whoever knows the name of a queue may consume it.
                self.assertNotIn(observer.environment["PACKIT_SLO_FEDORA_MESSAGING_QUEUE"], told)
                self.assertEqual(observer.stop(), 0)
                log = observer.log_path.read_text()
                self.assertIn(reason, log)
                self.assertNotIn("wrong-password", log)
