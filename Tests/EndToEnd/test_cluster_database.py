"""A node while its database is away, is another one, has too few copies, or has a new password."""

import json
import signal
import time
import unittest

from crowd import Crowd
from deliveries import Stories
from nodes import ClusterTrial
from postgres import Postgres, binaries
from trial import DEADLINE, decided


@unittest.skipUnless(binaries(), "PostgreSQL is not installed")
class ClusterDatabaseTests(ClusterTrial):
    def setUp(self):
        super().setUp()
        self.postgres = Postgres()
        self.addCleanup(self.postgres.close)

    def test_a_node_starts_while_the_database_is_away(self):
        postgres = self.postgres
        spool = self.path / "spool"
        # No node has made its tables yet.
        address = postgres.database("late")
        postgres.kill()
        node = self.node("early", address, PACKIT_SLO_CLUSTER_SPOOL_PATH=str(spool)).start()
        self.assertIn("the cluster's database is not reached", node.log_path.read_text())
        stories = Stories("early")
        told = range(250)

        def send(numbers):
            crowd = Crowd(node.port, 8, (stories.story(number) for number in numbers))
            crowd.start()
            crowd.finish()
            self.assertEqual((crowd.unexpected, crowd.lost, set(crowd.statuses)), ([], 0, {202}))
            return crowd

        crowds = [send(told[:120])]
        # What the process before could not append either.
        node.kill()
        node.start()
        crowds.append(send(told[120:240]))
        spooled = node.own_metrics()[("packit_slo_spooled_deliveries", ())]
        # More than two transactions take.
        self.assertGreater(spooled, 512)
        status, text = node.get("/readyz")
        self.assertEqual(status, 200)
        self.assertIn('"component":"inbox","ready":false,"reason":"the database late on', text)
        for path in ("/", "/waiting", "/nodes", "/api/v1/objectives", "/metrics/cluster"):
            status, text = node.get(path)
            self.assertEqual((path, status), (path, 503))
            self.assertNotIn("Fatal", text)
        self.assertEqual(node.get("/livez")[0], 200)
        postgres.start()
        crowds.append(send(told[240:]))
        self.wait_until(lambda: node.own_metrics()[("packit_slo_spooled_deliveries", ())] == 0, 30, "all is appended")
        self.assertEqual(spool.stat().st_size, 0)
        self.wait_until(lambda: '"component":"inbox"' not in node.get("/readyz")[1], 10, "the inbox is ready")
        calm = self.observer("calm").start()
        undisturbed = Crowd(calm.port, 8, (stories.story(number) for number in told))
        undisturbed.start()
        undisturbed.finish()
        self.wait_until_decided(node, len(undisturbed.acknowledged))
        self.wait_until_settled(calm, node)
        self.assert_same_numbers(decided(calm.metrics()), decided(node.metrics()), "the database was away at the start")
        for result in ("accepted", "ignored", "duplicate", "conflicting"):
            for source in ("github", "copr"):
                labels = {"source": source, "result": result}
                self.assertEqual(node.metric("packit_slo_deliveries_total", **labels),
                                 calm.metric("packit_slo_deliveries_total", **labels), labels)
        self.assertEqual(node.stop(), 0)
        latencies = [latency for crowd in crowds for _, latency in crowd.latencies]
        self.figure(f"{int(spooled)} deliveries in the spool, none refused; acknowledged after {max(latencies):.2f} s "
                    "(most)")

    def test_a_node_joins_no_database_that_a_start_refuses(self):
        postgres = self.postgres
        spool = self.path / "spool"
        address = postgres.database("taken")
        postgres.run("psql", "--quiet", "--command",
                     "CREATE SCHEMA packit_slo; CREATE TABLE packit_slo.cluster (application bigint, "
                     "schema_version bigint, least_program bigint); INSERT INTO packit_slo.cluster VALUES (1, 1, 1)",
                     address)
        postgres.kill()
        node = self.node("stranger", address, PACKIT_SLO_CLUSTER_SPOOL_PATH=str(spool)).start()
        delivery = Stories("stranger").story(2)[0]
        self.assertEqual(node.post_delivery(delivery), 202)
        size = spool.stat().st_size
        self.assertGreater(size, 0)
        postgres.start()
        self.assertEqual(node.process.wait(timeout=30), 1)
        log = node.log_path.read_text()
        self.assertIn("the cluster's database must not be used: this node ends", log)
        self.assertIn("has a schema packit_slo of another program", log)
        self.assertEqual(spool.stat().st_size, size)
        # As at a start to which it is there.
        again = node.run("serve")
        self.assertEqual(again.returncode, 1)
        self.assertIn("has a schema packit_slo of another program", again.stderr)

    def test_a_standby_that_is_gone(self):
        """Its primary commits nothing: the spool takes what comes, and a node stops without waiting for it."""
        postgres = self.postgres
        spool = self.path / "spool"
        node = self.node("waits", postgres.database("gone"), PACKIT_SLO_CLUSTER_SPOOL_PATH=str(spool)).start()
        self.wait_until(lambda: node.decides, 10, "it decides")
        stories = [delivery for number in range(12) for delivery in Stories("gone").story(number)]
        self.assertEqual(node.post_delivery(stories[0]), 202)
        postgres.set("synchronous_standby_names", "nowhere")
        slowest = 0
        for delivery in stories[1:]:
            begun = time.monotonic()
            self.assertEqual(node.post_delivery(delivery), 202)
            slowest = max(slowest, time.monotonic() - begun)
        self.assertLess(slowest, 5)
        begun = time.monotonic()
        self.assertEqual(node.stop(), 0)
        took = time.monotonic() - begun
        self.assertLess(took, 25)
        self.assertGreater(spool.stat().st_size, 0)
        postgres.set("synchronous_standby_names", "")
        node.start()
        self.wait_until_decided(node, len(stories))
        self.assertEqual(node.metric("packit_slo_deliveries_total", source="github", result="conflicting"), 0)
        self.assertEqual(node.stop(), 0)
        self.figure(f"acknowledged after {slowest:.1f} s (most), stopped after {took:.1f} s")

    def test_copies_that_are_missing(self):
        postgres = self.postgres
        standby = postgres.standby()
        address = postgres.database("copies")
        spool = self.path / "spool"
        required = {"PACKIT_SLO_CLUSTER_REQUIRE_COPIES": "2"}
        careful = self.node("careful", address, PACKIT_SLO_CLUSTER_SPOOL_PATH=str(spool), **required).start()
        strict = self.node("strict", address, **required).start()
        stories = [delivery for number in range(12) for delivery in Stories("copies").story(number)]

        def spooled() -> float:
            return careful.own_metrics()[("packit_slo_spooled_deliveries", ())]

        for delivery in stories[:6]:
            self.assertEqual(careful.post_delivery(delivery), 202)
            self.assertEqual(strict.post_delivery(delivery), 202)
        self.assertEqual(spooled(), 0)
        self.wait_until(lambda: careful.own_metrics().get(("packit_slo_database_copies", ())) == 2, 15, "two copies")
        # As Patroni does it: the standby is gone, and the primary no longer waits for it.
        postgres.set("synchronous_standby_names", "")
        standby.kill()
        for delivery in stories[6:]:
            self.assertEqual(careful.post_delivery(delivery), 202)
        self.assertEqual(spooled(), len(stories) - 6)
        self.assertIn("has 1 of the 2 copies", careful.get("/readyz")[1])
        self.assertEqual(strict.post_delivery(stories[6]), 503)
        status, text = strict.get("/readyz")
        self.assertEqual(status, 503)
        self.assertIn("has 1 of the 2 copies", text)
        self.wait_until(lambda: careful.own_metrics()[("packit_slo_database_copies", ())] == 1, 15, "one copy")
        standby.start()
        self.assertGreater(spooled(), 0)
        postgres.set("synchronous_standby_names", "*")
        self.wait_until(lambda: spooled() == 0, 20, "all is appended")
        self.wait_until(lambda: strict.get("/readyz")[0] == 200, 20, "the other node is ready")
        self.wait_until_decided(careful, len(stories))
        for node in (careful, strict):
            self.assertEqual(node.stop(), 0)
        standby.kill()

    def test_a_new_password_is_used_after_a_reload(self):
        postgres = self.postgres
        address = postgres.database("secret")
        first, second = "first-password-0123456789", "second-password-0123456789"
        postgres.sql(f"CREATE ROLE slo LOGIN PASSWORD '{first}'", "ALTER DATABASE secret OWNER TO slo")
        postgres.require_password("slo")
        config = self.path / "node.yaml"

        def write(password: str):
            config.write_text(
                f"cluster:\n  database: {address.replace('user=postgres', 'user=slo')} password={password}\n")
            config.chmod(0o600)

        write(first)
        node = self.node("rotated", address)
        del node.environment["PACKIT_SLO_CLUSTER_DATABASE"]
        node.arguments = ["--config", str(config)]
        node.start()
        deliveries = Stories("secret").story(0)
        self.assertEqual(node.post_delivery(deliveries[0]), 202)
        self.wait_until(lambda: node.decides, 10, "it decides")
        postgres.sql(f"ALTER ROLE slo PASSWORD '{second}'")
        # What is open stays; what is opened needs the new one.
        write(second)
        node.process.send_signal(signal.SIGHUP)
        self.wait_until(lambda: "secrets and certificates reloaded" in node.log_path.read_text(), 10, "it reloads")
        postgres.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'slo'")
        for delivery in deliveries[1:]:
            self.assertEqual(node.post_delivery(delivery), 202)
        self.wait_until(lambda: node.decides, 15, "it decides again")
        self.wait_until_decided(node, len(deliveries))
        self.assertEqual(node.get("/nodes")[0], 200)
        config.write_text(f"cluster:\n  database: {address}\n")
        node.process.send_signal(signal.SIGHUP)
        self.wait_until(lambda: "only the password can be reloaded" in node.log_path.read_text(), 10, "it says so")
        self.assertEqual(node.stop(), 0)
        for password in (first, second):
            self.assertNotIn(password, node.log_path.read_text())

    def test_an_objective_that_is_added_is_filled_in(self):
        node = self.node("asked", self.postgres.database("asked"), PACKIT_SLO_HANDLED_POLICY="all").start()
        count = 0
        for number in range(18):
            for delivery in Stories("asked").story(number):
                self.assertEqual(node.post_delivery(delivery), 202)
                count += 1
        self.wait_until_decided(node, count)
        self.wait_until_settled(node)
        self.assertEqual(node.stop(), 0)
        node.environment.update({
            "PACKIT_SLO_OBJECTIVES_QUICK_INDICATOR": "initial_status", "PACKIT_SLO_OBJECTIVES_QUICK_TARGET": "0.5",
            "PACKIT_SLO_OBJECTIVES_QUICK_DEADLINE": f"{DEADLINE}s", "PACKIT_SLO_OBJECTIVES_QUICK_GRACE": "1s"})
        node.start()

        def events(objective: str) -> list:
            status, text = node.get("/api/v1/objectives")
            self.assertEqual(status, 200, text)
            return [(one["deployment"], one["good"], one["bad"]) for one in json.loads(text)["objectives"]
                    if one["objective"] == objective and not one["is_computing"]]

        self.wait_until(lambda: sum(good + bad for _, good, bad in events("quick")) > 0, 40, "it is filled in")
        self.assertEqual(events("quick"), events("initial_status"))
        self.assertEqual(node.stop(), 0)


if __name__ == "__main__":
    unittest.main()
