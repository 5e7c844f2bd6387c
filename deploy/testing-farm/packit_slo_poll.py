#!/usr/bin/env python3
"""Fetches Testing Farm's documents on some requests and hands them to packit-slo, signed.

    packit_slo_poll.py --to http://127.0.0.1:8080/webhooks/testing-farm \\
        --secret-file /etc/packit-slo/secrets/testing-farm ID…

Testing Farm tells only whoever submitted a request that something happened to it, and not what. Its API answers
anybody who knows the id. Without ids on the command line they are read from standard input, one a line. A document
that has not changed is known to packit-slo by its bytes and does no harm, so this may run as often as one likes.
Ends with 1 if any document could not be fetched or was not taken.
"""

import argparse
import hashlib
import hmac
import sys
import urllib.error
import urllib.request
from pathlib import Path

TIMEOUT_SECONDS = 10


def fetched(api: str, request: str) -> bytes:
    with urllib.request.urlopen(f"{api}/requests/{request}", timeout=TIMEOUT_SECONDS) as response:
        return response.read()


def posted(url: str, secret: bytes, body: bytes) -> None:
    signature = "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/json", "X-Hub-Signature-256": signature}
    request = urllib.request.Request(url, data=body, headers=headers, method="POST")
    urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS).close()


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--api", default="https://api.testing-farm.io/v0.1", help="Testing Farm's API")
    arguments.add_argument("--to", required=True, metavar="URL", help="packit-slo's /webhooks/testing-farm")
    arguments.add_argument("--secret-file", required=True, type=Path, help="one of testing_farm.webhook_secrets")
    arguments.add_argument("ids", nargs="*", metavar="ID", help="ids of requests")
    options = arguments.parse_args()
    # packit-slo takes any line of the file, so that secrets can be rotated; this signs with the first.
    secret = options.secret_file.read_bytes().strip(b" \t\r\n").partition(b"\n")[0].strip(b" \t\r")
    if not secret:
        arguments.error(f"{options.secret_file} is empty")
    failed = 0
    for request in options.ids or sys.stdin.read().split():
        try:
            posted(options.to, secret, fetched(options.api.rstrip("/"), request))
        except OSError as error:  # HTTP's refusals are among them
            print(f"{request}: {error}", file=sys.stderr)
            failed += 1
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
