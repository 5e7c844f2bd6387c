"""Machines of a made-up network on this one: each is a network namespace with an address, on one bridge.

Needs root and `ip` (Debian: iproute2). Whoever uses it is on the bridge, too: `enter` moves the process there.
"""

import os
import subprocess
import sys

HUB = "slo-chaos"
NETWORK = "10.77.0."
# A link-layer address that nobody has: what is sent there is lost without a word, as behind a cable that is cut.
NOWHERE = "02:00:00:00:00:ff"


def ip(*arguments: str, may_fail: bool = False):
    done = subprocess.run(["ip", *arguments], capture_output=True, text=True)
    if done.returncode != 0 and not may_fail:
        raise RuntimeError(f"ip {' '.join(arguments)}: {done.stderr.strip()}")


def enter():
    """Makes the network, and starts this program again in it."""
    if os.environ.get("SLO_CHAOS_NETWORK"):
        return
    ip("netns", "delete", HUB, may_fail=True)
    ip("netns", "add", HUB)
    ip("-n", HUB, "link", "add", "hub", "type", "bridge")
    ip("-n", HUB, "addr", "add", f"{NETWORK}1/24", "dev", "hub")
    for link in ("lo", "hub"):
        ip("-n", HUB, "link", "set", link, "up")
    os.execvpe("ip", ["ip", "netns", "exec", HUB, sys.executable, *sys.argv],
               {**os.environ, "SLO_CHAOS_NETWORK": "1"})


class Machine:
    """A network namespace that is reached at `host`."""

    def __init__(self, name: str, number: int):
        self.name = f"{HUB}-{name}"
        self.host = f"{NETWORK}{number}"
        self.before = ("ip", "netns", "exec", self.name)
        link = f"v{number}"
        ip("netns", "delete", self.name, may_fail=True)
        ip("netns", "add", self.name)
        ip("link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", self.name)
        ip("link", "set", link, "master", "hub", "up")
        ip("-n", self.name, "addr", "add", f"{self.host}/24", "dev", "eth0")
        for link in ("lo", "eth0"):
            ip("-n", self.name, "link", "set", link, "up")

    def cut_off(self):
        """From everybody. Its processes live on."""
        ip("-n", self.name, "link", "set", "eth0", "down")

    def join(self):
        ip("-n", self.name, "link", "set", "eth0", "up")

    def close(self):
        ip("netns", "delete", self.name, may_fail=True)


def cut(one: Machine, other: Machine):
    """Both stay reached by everybody else."""
    for machine, there in ((one, other), (other, one)):
        ip("-n", machine.name, "neigh", "replace", there.host, "lladdr", NOWHERE, "dev", "eth0", "nud", "permanent")


def heal(one: Machine, other: Machine):
    for machine, there in ((one, other), (other, one)):
        ip("-n", machine.name, "neigh", "delete", there.host, "dev", "eth0", may_fail=True)
