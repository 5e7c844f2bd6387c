"""Pages as people get them: what they are made of, and what a real browser makes of them."""

import re
import shutil
import time
import unittest
from html.parser import HTMLParser
from pathlib import Path

import pypi
from browser import Browser
from observer import ROOT, Observer, check_run, folder, pull_request

DAY = ROOT / "fixtures" / "day.jsonl"
PAGES = ["/", "/conditions", "/objective?objective=builds&deployment=prod", "/waiting",
         "/waiting?repository=a&kind=build&deployment=prod", "/history", "/history?kind=test_run",
         "/deliveries", "/deliveries?source=copr", "/deliveries/2", "/unexplained",
         "/waiting?by=architecture&rows=true", "/acme/rocket/pull/7", "/acme/rocket/pull/8",
         "/events", "/events?verdict=missed&sort=oldest", "/events?sort=longest",
         "/runs", "/runs?kind=build", "/search?q=nothing",
         "/repositories/acme/rocket", "/runbook", "/conditions?range=month"]
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class Page(HTMLParser):
    """Reads a page and notes what those who use other means than eyes and a mouse would stumble over."""

    def __init__(self, text: str):
        super().__init__(convert_charrefs=True)
        self.faults, self.open, self.ids, self.levels, self.labels, self.fields = [], [], set(), [], set(), []
        self.references, self.links, self.landmarks, self.title = [], [], [], ""
        self.feed(text)
        self.close()
        self.judge()

    def handle_startendtag(self, tag, attributes):
        self.begin(tag, dict(attributes))

    def handle_starttag(self, tag, attributes):
        self.begin(tag, dict(attributes))
        if tag not in VOID:
            self.open.append((tag, dict(attributes)))

    def begin(self, tag, own):
        for name in own:
            if name == "style" or name.startswith("on"):
                self.faults.append(f"<{tag} {name}>: not allowed by the policy")
        if "id" in own:
            if own["id"] in self.ids:
                self.faults.append(f"id {own['id']} is there twice")
            self.ids.add(own["id"])
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))
        if tag == "th" and not own.get("scope"):
            self.faults.append("a <th> without a scope")
        if tag == "label" and "for" in own:
            self.labels.add(own["for"])
        is_field = tag in {"select", "textarea"} or tag == "input" and own.get("type") != "hidden"
        if is_field and not any(name == "label" for name, _ in self.open):
            self.fields.append(own.get("id"))
        if tag == "script" and not own.get("src"):
            self.faults.append("a script in the page")
        is_silent = own.get("role") != "img" or not own.get("aria-label")
        if tag == "svg" and own.get("aria-hidden") != "true" and is_silent:
            self.faults.append("a drawing that says nothing")
        if tag == "a":
            self.links.append(own.get("href", ""))
        if tag in {"main", "nav", "header", "footer"} and not any(name == "article" for name, _ in self.open):
            self.landmarks.append(tag)
        for name in ("aria-labelledby", "aria-describedby"):
            self.references += own.get(name, "").split()

    def handle_endtag(self, tag):
        if not self.open or self.open[-1][0] != tag:
            self.faults.append(f"</{tag}> closes {self.open[-1][0] if self.open else 'nothing'}")
            return
        self.open.pop()

    def handle_data(self, data):
        if self.open and self.open[-1] == ("title", {}):
            self.title += data

    def judge(self):
        if self.open:
            self.faults.append(f"left open: {[tag for tag, _ in self.open]}")
        if self.levels.count(1) != 1 or self.levels[:1] != [1]:
            self.faults.append(f"headings do not begin with the only h1: {self.levels}")
        for before, after in zip(self.levels, self.levels[1:]):
            if after > before + 1:
                self.faults.append(f"an h{after} right below an h{before}")
        self.faults += [f"a field without a label: {field}" for field in self.fields if field not in self.labels]
        self.faults += [f"aria points to {name}, which is not there"
                        for name in self.references if name not in self.ids]
        self.faults += [f"{name} is there {self.landmarks.count(name)} times" for name in ("main", "nav")
                        if self.landmarks.count(name) != 1]
        self.faults += [f"a link to {link}" for link in self.links if not link.startswith(("/", "#", "https://"))]
        if not self.title.strip():
            self.faults.append("no title")


class PageTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.empty_folder, cls.folder = folder(), folder()
        cls.empty = Observer(Path(cls.empty_folder.name)).start()
        cls.observer = Observer(
            Path(cls.folder.name), PACKIT_SLO_OBJECTIVES_INITIAL_STATUS_DEADLINE="1s",
            PACKIT_SLO_OBJECTIVES_INITIAL_STATUS_GRACE="1s").start()
        sent = cls.observer.run("send", str(DAY), "--to", f"http://127.0.0.1:{cls.observer.port}", "--shift-to-now")
        assert sent.returncode == 0, sent.stderr
        now = int(time.time())
        # One that Packit answered and whose build hangs, and one that it did not answer.
        cls.observer.github("pull_request", pull_request(7, "7" * 40, now), "pages-7")
        cls.observer.github("check_run", check_run(7, "7" * 40, now, "The task was accepted."), "pages-7-queued")
        cls.observer.github("pull_request", pull_request(8, "8" * 40, now), "pages-8")
        cls.observer.github("pull_request", private(pull_request(9, "9" * 40, now)), "pages-9")
        cls.observer.post("github", b"{}", {"X-GitHub-Event": "push", "X-GitHub-Delivery": "x"}, signature="sha256=00")
        time.sleep(5)
        # The last look of the pages is older than what has happened since.
        cls.observer.get("/")
        time.sleep(4)
        cls.observer.get("/")
        time.sleep(1)

    @classmethod
    def tearDownClass(cls):
        for observer, home in [(cls.empty, cls.empty_folder), (cls.observer, cls.folder)]:
            observer.close()
            home.cleanup()

    def test_every_page_is_well_made_with_data_and_without(self):
        for observer in (self.empty, self.observer):
            for path in PAGES:
                with self.subTest(path=path, empty=observer is self.empty):
                    status, text = observer.get(path)
                    needs_data = any(part in path for part in ("/pull/", "/repositories/", "/deliveries/"))
                    self.assertEqual(status, 404 if needs_data and observer is self.empty else 200)
                    self.assertEqual(Page(text).faults, [])

    def test_links_to_pages_lead_somewhere(self):
        seen, rest = set(), ["/"]
        while rest:
            path = rest.pop().split("#")[0]
            if path in seen or not path or len(seen) > 60:
                continue
            seen.add(path)
            status, text = self.observer.get(path)
            # A search that finds one thing leads to its page.
            self.assertIn(status, (200, 303) if path.startswith("/search?") else (200,), path)
            if text.startswith("<!DOCTYPE html>"):
                rest += [link for link in Page(text).links if link.startswith("/")]
        self.assertTrue({"/waiting", "/history", "/deliveries", "/metrics"} <= seen)

    def test_a_hanging_pull_request_says_at_which_hop(self):
        status, text = self.observer.get("/acme/rocket/pull/7")
        self.assertEqual(status, 200)
        self.assertIn("Copr has not started it", text)
        self.assertIn("https://github.com/acme/rocket/pull/7", text)
        self.assertIn("after the push", self.observer.get("/acme/rocket/pull/8")[1])

    def test_what_waits_is_on_its_page_and_private_names_are_not(self):
        text = self.observer.get("/waiting?kind=change")[1]
        self.assertIn("/acme/rocket/pull/8", text)
        self.assertIn("private repository", text)
        for path in ["/", "/objective", "/events", "/runs", "/waiting", "/history", "/deliveries", "/unexplained",
                     "/waiting?by=repository", "/search?q=9",
                     "/search?q=" + "9" * 40]:
            self.assertNotIn("acme/secret", self.observer.get(path)[1])
        self.assertEqual(self.observer.get("/repositories/acme/secret")[0], 404)
        self.assertEqual(self.observer.get("/acme/secret/pull/9")[0], 404)

    def test_refusals_are_told_with_their_reason(self):
        text = self.observer.get("/deliveries")[1]
        self.assertIn("bad signature", text)
        self.assertIn("made with another secret", text)

    def test_pages_are_on_the_operations_address_only(self):
        with folder() as home:
            observer = Observer(Path(home), PACKIT_SLO_HTTP_OPERATIONS_LISTEN="127.0.0.1:0").start()
            try:
                for path in PAGES + ["/style.css", "/pull?find=a/b%231"]:
                    self.assertEqual(observer.get(path)[0], 404, path)
            finally:
                observer.close()

    @unittest.skipUnless(shutil.which("chromium"), "Chromium is not installed")
    def test_a_browser_shows_every_page_without_complaint_and_without_a_sideways_scroll(self):
        browser = Browser()
        self.addCleanup(browser.close)
        for observer in (self.empty, self.observer):
            for path in ["/", "/objective", "/events", "/runs", "/repositories/acme/rocket", "/waiting", "/history",
                         "/deliveries", "/acme/rocket/pull/7"]:
                for width, dark in [(360, True), (360, False), (1440, True), (1440, False)]:
                    with self.subTest(path=path, width=width, dark=dark, empty=observer is self.empty):
                        complaints = browser.show(f"http://127.0.0.1:{observer.port}{path}", width, dark=dark)
                        if path.count("/") < 2 or observer is self.observer:
                            self.assertEqual(complaints, [])
                        self.assertLessEqual(browser.ask("document.documentElement.scrollWidth"), width)
                        self.assertEqual(browser.ask(TOO_WIDE), [])
                        ground = browser.ask("getComputedStyle(document.body).backgroundColor")
                        self.assertEqual(min(map(int, re.findall(r"\d+", ground))) < 128, dark)

    @unittest.skipUnless(shutil.which("chromium"), "Chromium is not installed")
    def test_axe_finds_nothing_serious_on_any_page(self):
        axe = pypi.axe()
        browser = Browser()
        self.addCleanup(browser.close)
        for observer in (self.empty, self.observer):
            for number, path in enumerate([*PAGES, "/search?q=7", "/pull?find=nonsense"]):
                # Each page in both widths and both themes, every other one with the themes exchanged.
                for width, dark in [(360, number % 2 == 0), (1440, number % 2 == 1)]:
                    with self.subTest(path=path, width=width, dark=dark, empty=observer is self.empty):
                        browser.show(f"http://127.0.0.1:{observer.port}{path}", width, dark=dark)
                        browser.ask(axe + "; 0")
                        self.assertEqual(browser.ask(FAULTS), [])

    @unittest.skipUnless(shutil.which("chromium"), "Chromium is not installed")
    def test_a_page_that_is_looked_at_stays_fresh_and_can_be_used_from_the_keyboard(self):
        browser = Browser()
        self.addCleanup(browser.close)
        self.assertEqual(browser.show(f"http://127.0.0.1:{self.observer.port}/acme/rocket/pull/7", 1440), [])
        browser.press("Tab")
        self.assertEqual(browser.ask("document.activeElement.textContent"), "Skip to content")
        self.assertGreaterEqual(browser.ask("document.activeElement.getBoundingClientRect().left"), 0)
        browser.press("Enter")
        self.assertEqual(browser.ask("document.activeElement.id"), "main")
        before = browser.ask("document.querySelector('footer time').dateTime")
        browser.ask("document.activeElement.blur()")
        browser.ask("document.querySelector('main').dataset.old = 'yes'")
        deadline = time.monotonic() + 40
        while browser.ask("document.querySelector('main').dataset.old || ''") and time.monotonic() < deadline:
            time.sleep(1)
        self.assertEqual(browser.ask("document.querySelector('main').dataset.old || ''"), "")
        self.assertIn("Copr has not started it", browser.ask("document.querySelector('main').textContent"))
        self.assertGreater(browser.ask("document.querySelector('footer time').dateTime"), before)


# What is cut off at the right, except for what scrolls by itself or is only read aloud.
TOO_WIDE = """[...document.querySelectorAll("main *, header *")].filter(element =>
    element.getBoundingClientRect().right > innerWidth + 1 && !element.closest(".wide, .sr, thead, svg, option")
).map(element => element.outerHTML.slice(0, 80))"""


# What axe-core holds to be serious, with the place where it is; it must have looked at a good part of the page.
FAULTS = """axe.run().then(result => result.passes.length < 15 ? ["it hardly looked"] : result.violations
    .filter(fault => ["serious", "critical"].includes(fault.impact)).map(fault =>
    `${fault.id}: ${fault.nodes.map(node => node.html.slice(0, 120)).slice(0, 3).join(" | ")}`))"""


def private(payload: dict) -> dict:
    payload["repository"] = {"id": 43, "full_name": "acme/secret", "private": True}
    return payload
