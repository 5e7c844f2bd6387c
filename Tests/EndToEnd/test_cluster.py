"""Several nodes on PostgreSQL: nothing acknowledged is lost, nothing is counted twice, and nobody is refused, whatever
happens to nodes."""

import random
import time
import unittest

from crowd import Crowd
from deliveries import Stories
from nodes import ClusterTrial, Front, Scraper
from observer import wait_for
from postgres import Postgres, binaries
from trial import decided


@unittest.skipUnless(binaries() and Front.program(), "PostgreSQL or nginx is not installed")
class ClusterTests(ClusterTrial):
    @classmethod
    def setUpClass(cls):
        cls.postgres = Postgres()
        cls.addClassCleanup(cls.postgres.close)

    def cluster(self, name: str, **settings: str) -> list:
        address = self.postgres.database(name)
        return [self.node(f"{name}-{number}", address, **settings).start() for number in (1, 2, 3)]

    def front(self, nodes: list) -> Front:
        front = Front(self.path / "front", nodes)
        self.addCleanup(front.close)
        return front

    def assert_equals_a_calm_node(self, nodes: list, crowd: Crowd, stories: Stories, told: list, what: str):
        """One node on SQLite that nothing happens to decides the same."""
        calm = self.observer("calm").start()
        undisturbed = Crowd(calm.port, len(crowd.senders), (stories.story(number) for number in told))
        undisturbed.start()
        undisturbed.finish()
        self.assertEqual(set(undisturbed.acknowledged), set(crowd.acknowledged))
        self.wait_until_decided(nodes[0], len(crowd.acknowledged))
        self.wait_until_settled(calm, nodes[0])
        self.assert_same_numbers(decided(calm.metrics()), decided(nodes[0].metrics()), what)
        for result in ("accepted", "ignored"):
            for source in ("github", "copr"):
                labels = {"source": source, "result": result}
                self.assertEqual(
                    nodes[0].metric("packit_slo_deliveries_total", **labels),
                    calm.metric("packit_slo_deliveries_total", **labels), labels)
        self.assert_no_contradiction(nodes[0])
        self.assertEqual(nodes[0].metric("packit_slo_blind_seconds_total"), 0)

    def test_nodes_that_die_and_stand_still_under_load(self):
        nodes = self.cluster("disturbed")
        scraper = Scraper(nodes)
        scraper.start()
        chance = random.Random(self.length(1, None))
        stories = Stories("cluster", body_bytes=self.length(6000, 24000))
        told = []
        crowd = Crowd(self.front(nodes).port, 16, stories.endless(told))
        crowd.start()
        takeovers = []
        for turn in range(self.length(4, 60)):
            time.sleep(chance.uniform(0.2, 1))
            decider = next((node for node in nodes if node.decides), nodes[0])
            others = [node for node in nodes if node is not decider]
            if turn % 4 == 3:
                # Longer than its lease: it wakes amid what it was at.
                decider.freeze()
                wait_for(lambda: any(node.decides for node in others), 20, "another node decides")
                time.sleep(1)
                decider.thaw()
                continue
            node = chance.choice(others) if turn % 4 == 2 else decider
            node.kill()
            if node is decider:
                takeovers.append(wait_for(lambda: any(n.decides for n in others), 20, "another node decides"))
            node.start()
        crowd.stop()
        self.assertEqual(crowd.unexpected, [])
        self.assert_equals_a_calm_node(nodes, crowd, stories, told, "nodes killed and frozen")
        scraper.stop()
        self.assertEqual((scraper.failure, scraper.back), (None, []))
        self.assertGreater(scraper.scrapes, 20)
        self.assert_same_numbers(decided(nodes[0].metrics()), decided(nodes[2].metrics()), "two nodes")
        for node in nodes:
            self.assertEqual(node.stop(), 0)
        self.figure(
            f"{len(crowd.acknowledged)} deliveries, {crowd.lost} lost on their way, refused {crowd.statuses[503]}; "
            f"another decides after {max(takeovers):.1f} s (most); {scraper.scrapes} scrapes")

    def test_a_rolling_restart_refuses_nothing(self):
        nodes = self.cluster("rolling", PACKIT_SLO_HTTP_DRAIN="1s")
        stories = Stories("rolling", body_bytes=6000)
        told = []
        crowd = Crowd(self.front(nodes).port, 8, stories.endless(told))
        crowd.start()
        takeovers = []
        for node in nodes:
            time.sleep(0.5)
            was_decider = node.decides
            others = [other for other in nodes if other is not node]
            self.assertEqual(node.stop(), 0)
            if was_decider:
                takeovers.append(wait_for(lambda: any(other.decides for other in others), 10, "another node decides"))
            node.start()
        crowd.stop()
        self.assertEqual((crowd.unexpected, crowd.lost, set(crowd.statuses)), ([], 0, {202}))
        self.assert_equals_a_calm_node(nodes, crowd, stories, told, "a rolling restart")
        self.figure(
            f"{len(crowd.acknowledged)} deliveries, none refused; another decides "
            f"{max(takeovers, default=0):.2f} s after the end of a process (most)")

    def test_while_the_database_is_away_nothing_is_acknowledged(self):
        postgres = Postgres()
        self.addCleanup(postgres.close)
        node = self.node("alone", postgres.database("away")).start()
        stories = Stories("away").story(2)
        self.assertEqual(node.post_delivery(stories[0]), 202)
        postgres.kill()
        begun = time.monotonic()
        status = node.post_delivery(stories[0])
        self.assertEqual(status, 503)
        self.assertLess(time.monotonic() - begun, 10)
        self.assertEqual(node.get("/readyz")[0], 503)
        self.assertEqual(node.get("/livez")[0], 200)
        self.assertEqual(node.get("/metrics/cluster")[0], 503)
        self.assertEqual(node.get("/metrics")[0], 200)
        postgres.start()
        self.wait_until(lambda: node.get("/readyz")[0] == 200, 20, "the node is ready again")
        self.assertEqual(node.post_delivery(stories[0]), 202)
        self.wait_until(lambda: node.metric("packit_slo_deliveries_total", source="github", result="duplicate") >= 1,
                        20, "it is recognised")
        self.assertEqual(node.stop(), 0)

    def test_a_spool_takes_what_the_database_does_not(self):
        postgres = Postgres()
        self.addCleanup(postgres.close)
        spool = str(self.path / "spool")
        node = self.node("spooling", postgres.database("spooled"), PACKIT_SLO_CLUSTER_SPOOL_PATH=spool).start()
        stories = Stories("spooled")
        told = range(24)
        slowest = 0
        for number in told:
            if number == 6:
                postgres.kill()
            if number == 15:
                # What is in the spool is appended by the next process.
                node.kill()
                postgres.start()
                node.start()
            for delivery in stories.story(number):
                begun = time.monotonic()
                self.assertEqual(node.post_delivery(delivery), 202)
                slowest = max(slowest, time.monotonic() - begun)
            if number == 12:
                self.assertGreater(node.own_metrics()[("packit_slo_spooled_deliveries", ())], 0)
                status, text = node.get("/readyz")
                self.assertEqual(status, 200)
                self.assertIn('"component":"inbox","ready":false', text)
        self.wait_until(lambda: node.own_metrics()[("packit_slo_spooled_deliveries", ())] == 0, 20, "all is appended")
        self.assertEqual(self.path.joinpath("spool").stat().st_size, 0)
        calm = self.observer("calm").start()
        undisturbed = Crowd(calm.port, 4, (stories.story(number) for number in told))
        undisturbed.start()
        undisturbed.finish()
        self.wait_until_decided(node, len(undisturbed.acknowledged))
        self.wait_until_settled(calm, node)
        self.assert_same_numbers(decided(calm.metrics()), decided(node.metrics()), "the database was away")
        self.assertEqual(node.stop(), 0)
        self.figure(f"no delivery refused, acknowledged after {slowest:.1f} s (most)")

    def test_a_node_that_cannot_start_says_why(self):
        address = "postgres://slo:hunter2@127.0.0.1:1/slo"
        node = self.node("nowhere", address)
        result = node.run("serve")
        self.assertEqual(result.returncode, 1)
        self.assertIn("slo on 127.0.0.1 is not reached", result.stderr)
        checked = node.run("check-config")
        self.assertEqual(checked.returncode, 0, checked.stderr)
        for command in ("backup", "restore"):
            refused = node.run(command, str(self.path / "copy.sqlite"))
            self.assertEqual(refused.returncode, 78)
            self.assertIn("move --snapshot", refused.stderr)
            result.stderr += refused.stderr
        self.assertNotIn("hunter2", result.stderr + result.stdout + checked.stdout + checked.stderr)
        wrong = self.node("wrong", "somewhere").run("check-config")
        self.assertEqual(wrong.returncode, 78)
        self.assertIn("cluster.database: is no address of PostgreSQL", wrong.stderr)

    def test_pages_reports_and_recordings_are_the_same_from_every_node(self):
        nodes = self.cluster("shown")
        for number in range(30):
            for delivery in Stories("shown").story(number):
                self.assertEqual(nodes[number % 3].post_delivery(delivery), 202)
        self.wait_until_settled(nodes[0])
        for node in nodes:
            # What a node shows may be ten seconds old.
            self.wait_until(lambda node=node: "acme/rocket-3" in node.get("/waiting")[1], 15, "it is shown")
            for path in ("/", "/waiting", "/history", "/conditions", "/deliveries", "/api/v1/conditions"):
                self.assertEqual(node.get(path)[0], 200, path)
        for command in (("report", "--format", "json"), ("export", "--raw"), ("replay", "--journal")):
            outputs = [node.run(*command) for node in nodes[:2]]
            self.assertEqual([output.returncode for output in outputs], [0, 0], outputs[0].stderr)
            self.assertTrue(outputs[0].stdout)


if __name__ == "__main__":
    unittest.main()
