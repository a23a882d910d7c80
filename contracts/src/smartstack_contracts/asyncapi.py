"""The AsyncAPI 3.0 document: what others may subscribe to, with the schema of each message.

Source of the format: AsyncAPI specification 3.0.0.
"""

from collections.abc import Mapping
from typing import Any

from smartstack_contracts.topology import topology


def asyncapi_document(schemas: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """Return the document; `schemas` maps each event type to the JSON Schema of its message."""
    topics = topology()["topics"]
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "SmartStack events",
            "version": "1.0.0",
            "description": "CloudEvents 1.0 over SNS.",
        },
        "defaultContentType": "application/cloudevents+json",
        "channels": {
            name: {
                "address": name,
                "messages": {kind: {"$ref": f"#/components/messages/{kind}"} for kind in topic["events"]},
            }
            for name, topic in topics.items()
        },
        "operations": {
            f"{topic['service']}.publish": {"action": "send", "channel": {"$ref": f"#/channels/{name}"}}
            for name, topic in topics.items()
        },
        "components": {
            "messages": {
                kind: {
                    "name": kind,
                    "contentType": "application/cloudevents+json",
                    "payload": {
                        "schemaFormat": "application/schema+json;version=draft-2020-12",
                        "schema": schema,
                    },
                }
                for kind, schema in sorted(schemas.items())
            }
        },
    }
