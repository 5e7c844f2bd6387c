"""Publishes what it is told to, a line of JSON each, with Fedora Messaging's own API and Copr's own schemas. Runs in
the environment that they are installed in (`scripts/fedora-messaging-tools`).

    {"kind": "start" | "end" | "chroot", "id": …, "body": …}   a message of Copr's
    {"kind": "raw", "topic": …, "body": "…", "id": …}          bytes that no publisher would send
    {"kind": "delete", "queue": …}                             takes the queue away
    {"kind": "waiting", "queue": …}                            prints how many messages wait in it
"""

import json
import sys

import pika
from copr_messaging import schema
from fedora_messaging import api, config

SCHEMAS = {
    "start": schema.BuildChrootStartedV1, "end": schema.BuildChrootEndedV1,
    "chroot": schema.BuildChrootStartedV1DontUse,
}


def main(url: str):
    config.conf.load_config()
    config.conf.update({"amqp_url": url, "topic_prefix": "org.fedoraproject.prod", "publish_exchange": "amq.topic"})
    config.conf["client_properties"]["app"] = "packit-slo's tests"
    plain = pika.BlockingConnection(pika.URLParameters(url))
    channel = plain.channel()
    for line in sys.stdin:
        told = json.loads(line)
        if told["kind"] in SCHEMAS:
            message = SCHEMAS[told["kind"]](body=told["body"])
            message.id = told["id"]
            api.publish(message)
        elif told["kind"] == "raw":
            channel.basic_publish(
                "amq.topic", told["topic"], told["body"].encode("latin-1"),
                pika.BasicProperties(message_id=told.get("id")))
        elif told["kind"] == "delete":
            channel.queue_delete(told["queue"])
        elif told["kind"] == "waiting":
            print(channel.queue_declare(told["queue"], passive=True).method.message_count, flush=True)
        else:
            sys.exit(f"what is {told['kind']}?")
    plain.close()


if __name__ == "__main__":
    main(sys.argv[1])
