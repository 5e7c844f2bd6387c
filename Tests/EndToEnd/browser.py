"""A real browser, driven through its own pipe: nothing to install but Chromium."""

import base64
import json
import os
import select
import subprocess
import tempfile
import time


class Browser:
    """Opens pages one after the other and tells what it made of them."""

    def __init__(self):
        # Its helpers may outlive it by a moment and write on.
        self.home = tempfile.TemporaryDirectory(prefix="packit-slo-browser-", ignore_cleanup_errors=True)
        commands, self.commands = os.pipe()
        self.answers, answers = os.pipe()

        def connect():
            # It reads from 3 and writes to 4; both pipes may lie in the way.
            spare = [os.dup(commands), os.dup(answers)]
            while min(spare) < 5:
                spare = [os.dup(end) for end in spare]
            os.dup2(spare[0], 3)
            os.dup2(spare[1], 4)

        self.process = subprocess.Popen(
            ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe",
             f"--user-data-dir={self.home.name}", "about:blank"],
            preexec_fn=connect, close_fds=False, env={**os.environ, "HOME": self.home.name},
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(commands)
        os.close(answers)
        self.number, self.unread, self.events, self.session = 0, b"", [], None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def close(self):
        self.session = None
        self.call("Browser.close")
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self.commands)
        os.close(self.answers)
        self.home.cleanup()

    def show(self, url: str, width: int, height: int = 900, dark: bool = False) -> list:
        """Opens a page and returns what the browser complains of."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.call("Emulation.setEmulatedMedia",
                  features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
        self.events.clear()
        self.call("Page.navigate", url=url)
        self.wait(lambda event: event["method"] == "Page.loadEventFired")
        complaints = []
        for event in self.events:
            if event["method"] == "Runtime.exceptionThrown":
                complaints.append(event["params"]["exceptionDetails"]["text"])
            if event["method"] == "Runtime.consoleAPICalled":
                complaints.append(str(event["params"]["args"]))
            if event["method"] == "Log.entryAdded" and event["params"]["entry"]["level"] in ("error", "warning"):
                complaints.append(event["params"]["entry"]["text"])
        return complaints

    def ask(self, expression: str):
        """The value of an expression in the page."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise AssertionError(answer["exceptionDetails"])
        return answer["result"].get("value")

    def press(self, key: str):
        code = {"Tab": 9, "Enter": 13}[key]
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code,
                      **({"text": "\r"} if key == "Enter" and kind == "keyDown" else {}))

    def picture(self, path: str, height: int = None, scale: float = 1):
        """The page as a PNG file, as a whole or from its top."""
        width = self.ask("innerWidth")
        height = height or self.ask("document.documentElement.scrollHeight")
        data = self.call("Page.captureScreenshot", captureBeyondViewport=True,
                         clip={"x": 0, "y": 0, "width": width, "height": height, "scale": scale})["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))

    def call(self, method: str, **parameters) -> dict:
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.commands, json.dumps(message).encode() + b"\0")
        answer = self.wait(lambda message, number=self.number: message.get("id") == number)
        if "error" in answer:
            raise AssertionError(f"{method}: {answer['error']}")
        return answer["result"]

    def wait(self, fits, seconds: float = 60) -> dict:
        for event in self.events:
            if "method" in event and fits(event):
                return event
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            while b"\0" in self.unread:
                line, self.unread = self.unread.split(b"\0", 1)
                message = json.loads(line)
                if "method" in message:
                    self.events.append(message)
                if ("method" in message or "id" in message) and fits(message | {"method": message.get("method", "")}):
                    return message
            if select.select([self.answers], [], [], 1)[0]:
                part = os.read(self.answers, 1 << 16)
                if not part:
                    raise AssertionError("the browser ended")
                self.unread += part
        raise AssertionError("the browser does not answer")
