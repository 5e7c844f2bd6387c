"""The page of a cluster's nodes, from every node and in a real browser."""

import json
import re
import shutil
import unittest
from collections import Counter

from browser import Browser
from nodes import Node
from observer import SECRET
from postgres import Postgres, binaries
from test_pages import TOO_WIDE, Page
from trial import Trial

OTHER_SECRET = "another-secret-0123456789"


@unittest.skipUnless(binaries(), "PostgreSQL is not installed")
class NodesPageTests(Trial):
    """Two nodes of the same settings, and one with another target and another secret."""

    @classmethod
    def setUpClass(cls):
        cls.postgres = Postgres()
        cls.addClassCleanup(cls.postgres.close)

    def setUp(self):
        super().setUp()
        address = self.postgres.database(self.id().split(".")[-1][:40])
        self.nodes = [self.node(f"node{number}", address) for number in (1, 2)]
        self.nodes.append(self.node(
            "node3", address, PACKIT_SLO_OBJECTIVES_BUILDS_TARGET="0.5",
            PACKIT_SLO_COPR_WEBHOOK_SECRETS=OTHER_SECRET, PACKIT_SLO_LOG_LEVEL="debug"))
        for node in self.nodes:
            node.start()
        self.wait_until(lambda: all(node.get("version") for node in self.found()["items"]) and len(
            self.found()["items"]) == 3, 30, "every node tells of itself")
        self.wait_until(lambda: "decides_since" in self.found(), 30, "one tells that it decides")

    def node(self, name: str, address: str, **settings: str) -> Node:
        return self.observer(name, kind=Node, **{
            "PACKIT_SLO_CLUSTER_DATABASE": address, "PACKIT_SLO_CLUSTER_NODE": name, **settings})

    def found(self, node: Node = None) -> dict:
        status, text = (node or self.nodes[0]).get("/api/v1/nodes")
        return json.loads(text) if status == 200 else {"items": []}

    def test_every_node_tells_of_all(self):
        for node in self.nodes:
            found = self.found(node)
            self.assertEqual([item["node"] for item in found["items"]], ["node1", "node2", "node3"])
            self.assertEqual(Counter(item["is_decider"] for item in found["items"]), {False: 2, True: 1})
            self.assertEqual({item["state"] for item in found["items"]}, {"receives"})
            self.assertLess(max(item["lag_seconds"] for item in found["items"]), 3)
            digests = [item["settings_digest"] for item in found["items"]]
            self.assertEqual(digests[0], digests[1])
            self.assertNotEqual(digests[0], digests[2])
            self.assertEqual(found["differing_settings"], [
                {"setting": "objectives.builds.target", "is_secret": False, "values": [
                    {"value": self.target(), "nodes": ["node1", "node2"]}, {"value": "0.5", "nodes": ["node3"]}]},
                {"setting": "copr.webhook_secrets", "is_secret": True, "values": [
                    {"nodes": ["node1", "node2"]}, {"nodes": ["node3"]}]}])
            for path in ("/nodes", "/api/v1/nodes"):
                text = node.get(path)[1]
                self.assertNotIn(SECRET, text)
                self.assertNotIn(OTHER_SECRET, text)
            text = node.get("/nodes")[1]
            self.assertEqual(Page(text).faults, [])
            self.assertIn("differs", text)
            self.assertIn('<a href="/nodes" aria-current="page">', text)
            self.assertIn('<a href="/nodes">', node.get("/")[1])
        (own,) = [key for key in self.nodes[2].own_metrics() if key[0] == "packit_slo_settings_info"]
        self.assertEqual(dict(own[1])["digest"], digests[2])

    def target(self) -> str:
        printed = self.nodes[0].run("check-config").stdout
        return re.search(r"\n  builds:.*?\n    target: (\S+)", printed, re.DOTALL).group(1)

    def test_a_node_that_stops_is_shown_and_compared_no_more(self):
        self.assertEqual(self.nodes[2].stop(), 0)
        self.nodes[1].freeze()
        self.wait_until(lambda: [item["state"] for item in self.found()["items"]] == ["receives", "silent", "stopped"],
                        20, "one is silent and one has stopped")
        self.assertEqual(self.found()["differing_settings"], [])
        self.nodes[1].thaw()

    @unittest.skipUnless(shutil.which("chromium"), "Chromium is not installed")
    def test_a_browser_shows_it_without_complaint_and_without_a_sideways_scroll(self):
        browser = Browser()
        self.addCleanup(browser.close)
        for width, dark in [(390, True), (390, False), (1440, True), (1440, False)]:
            with self.subTest(width=width, dark=dark):
                complaints = browser.show(f"http://127.0.0.1:{self.nodes[0].port}/nodes", width, dark=dark)
                self.assertEqual(complaints, [])
                self.assertLessEqual(browser.ask("document.documentElement.scrollWidth"), width)
                self.assertEqual(browser.ask(TOO_WIDE), [])


if __name__ == "__main__":
    unittest.main()
