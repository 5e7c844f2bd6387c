"""A node while its database is away, or is another one."""

import unittest

from crowd import Crowd
from deliveries import Stories
from nodes import ClusterTrial
from postgres import Postgres, binaries
from trial import decided


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
        self.assertNotIn('"component":"inbox"', node.get("/readyz")[1])
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


if __name__ == "__main__":
    unittest.main()
