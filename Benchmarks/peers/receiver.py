"""A receiver as one writes it with Flask: checks the signature, reads the JSON, answers, keeps nothing."""

import hashlib
import hmac
import os

from flask import Flask, request

app = Flask(__name__)
SECRET = os.environ["RECEIVER_SECRET"].encode()


@app.post("/webhooks/github")
def receive():
    expected = "sha256=" + hmac.new(SECRET, request.get_data(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, request.headers.get("X-Hub-Signature-256", "")):
        return "", 401
    if not request.get_json():
        return "", 400
    return "", 202
