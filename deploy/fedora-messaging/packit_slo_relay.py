"""Hands Copr's messages from Fedora's bus to packit-slo: a callback for `fedora-messaging consume`.

    fedora-messaging --conf packit-slo-relay.toml consume --callback-file packit_slo_relay.py:Relay

Each message is posted as Fedora Messaging's own tools dump it, signed like one of GitHub's webhooks. A message is only
acknowledged once packit-slo has it on disk. While packit-slo cannot take it, the message goes back to the queue;
delivering one twice does no harm, since packit-slo knows a message by its id.

The settings are in `[consumer_config]`: see packit-slo-relay.toml.
"""

import hashlib
import hmac
import logging
import time
import urllib.error
import urllib.request
from pathlib import Path

from fedora_messaging import config
from fedora_messaging.exceptions import Drop, HaltConsumer, Nack
from fedora_messaging.message import Message, dumps

TIMEOUT_SECONDS = 10
LONGEST_PAUSE_SECONDS = 60
# Refusals that trying again cures. Other ones below 500 are about the message or about the settings.
PASSING = {408, 429}

log = logging.getLogger("packit_slo_relay")


class Relay:
    def __init__(self):
        settings = config.conf["consumer_config"]
        self.url = settings["url"]
        # packit-slo takes any line of the file, so that secrets can be rotated; the relay signs with the first.
        self.secret = Path(settings["secret_file"]).read_bytes().strip(b" \t\r\n").partition(b"\n")[0].strip(b" \t\r")
        self.users = set(settings.get("copr_users", ["packit", "packit-stg"]))
        if not self.secret:
            raise ValueError(f"{settings['secret_file']} is empty")

    def __call__(self, message: Message) -> None:
        if message.body.get("user") not in self.users:
            return
        status, pause = self._post(dumps(message).strip().encode())
        if status in (200, 202):
            return
        if status is None or status >= 500 or status in PASSING:
            # The broker redelivers at once; without a pause this would spin.
            time.sleep(pause)
            raise Nack
        if status in (401, 403, 404):
            raise HaltConsumer(1, f"packit-slo answers {status}: check url and secret_file", requeue=True)
        log.error("packit-slo answers %d to message %s: dropped", status, message.id)
        raise Drop

    def _post(self, body: bytes) -> tuple[int | None, float]:
        """The status, `None` if there was no answer, and how long to wait before the next attempt."""
        signature = "sha256=" + hmac.new(self.secret, body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", "X-Hub-Signature-256": signature}
        request = urllib.request.Request(self.url, data=body, headers=headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:
                return response.status, 0
        except urllib.error.HTTPError as refusal:
            wanted = refusal.headers.get("Retry-After", "")
            pause = int(wanted) if wanted.isdecimal() else 5
            log.warning("packit-slo answers %d", refusal.code)
            return refusal.code, min(pause, LONGEST_PAUSE_SECONDS)
        except OSError as error:
            log.warning("packit-slo cannot be reached: %s", error)
            return None, 5
