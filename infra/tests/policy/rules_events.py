"""Queues, topics and subscriptions: as in contracts/topology.json, encrypted, watched, closed to strangers."""

from collections.abc import Iterator

from policy.cloud import Cloud, Resource, decoded, known, statements
from policy.findings import rule

TLS = "aws:SecureTransport"


def dead_letter_names(cloud: Cloud) -> set[str]:
    """Return the names of the queues that take what others could not handle."""
    targets = {
        decoded(item[attribute]).get("deadLetterTargetArn", "")
        for item in cloud.all("aws_sqs_queue", "aws_sns_topic_subscription")
        for attribute in ("redrive_policy",)
    }
    functions = {item["name"] for item in cloud.all("aws_sqs_queue") if str(item["name"]).endswith("-proxy-dlq")}
    return {arn.rpartition(":")[2] for arn in targets if arn} | functions


def _inboxes(cloud: Cloud) -> list[Resource]:
    dead = dead_letter_names(cloud)
    return [queue for queue in cloud.all("aws_sqs_queue") if queue["name"] not in dead]


def _expected_queues(cloud: Cloud) -> dict[str, str]:
    return {
        f"{cloud.prefix}-{name}": f"{cloud.prefix}-{queue['dead_letter_queue']}"
        for name, queue in cloud.topology["queues"].items()
    }


@rule("queue-encrypted")
def queue_encrypted(cloud: Cloud) -> Iterator[str]:
    """Every queue is encrypted with our own key."""
    for queue in cloud.all("aws_sqs_queue"):
        if not queue["kms_master_key_id"]:
            yield f"{queue['name']} has no key"


@rule("queue-dead-letters")
def queue_dead_letters(cloud: Cloud) -> Iterator[str]:
    """Every queue of the topology puts aside, into its own dead-letter queue, what cannot be handled."""
    queues = {str(queue["name"]): queue for queue in cloud.all("aws_sqs_queue")}
    for name, dead in _expected_queues(cloud).items():
        if name not in queues or dead not in queues:
            yield f"{name} or {dead} is missing"
            continue
        redrive = decoded(queues[name]["redrive_policy"])
        if not str(redrive.get("deadLetterTargetArn", "")).endswith(f":{dead}"):
            yield f"{name} has no redrive policy to {dead}"
        elif not 1 <= int(redrive.get("maxReceiveCount", 0)) <= 10:
            yield f"{name} is received {redrive.get('maxReceiveCount')} times before it is dead-lettered"


@rule("dead-letters-closed")
def dead_letters_closed(cloud: Cloud) -> Iterator[str]:
    """A dead-letter queue takes from its own queue alone."""
    allowed = {
        item["queue_url"] if known(item["queue_url"]) else item.address: decoded(item["redrive_allow_policy"])
        for item in cloud.all("aws_sqs_queue_redrive_allow_policy")
    }
    for name, dead in _expected_queues(cloud).items():
        sources = [
            policy.get("sourceQueueArns", [])
            for where, policy in allowed.items()
            if str(where).endswith((f"/{dead}", f'"{dead.removeprefix(cloud.prefix + "-")}"]'))
            and policy.get("redrivePermission") == "byQueue"
        ]
        if not sources or any(not arn.endswith(f":{name}") for arn in sources[0]):
            yield f"{dead} takes from others than {name}"


@rule("queue-policy")
def queue_policy(cloud: Cloud) -> Iterator[str]:
    """Every queue has a policy: TLS only, and only SNS writes, for named topics of this account."""
    with_policy = {
        statement.resources[0].rpartition(":")[2]
        for policy in cloud.all("aws_sqs_queue_policy")
        for statement in statements(policy["policy"])
        if not statement.allows and statement.condition(TLS) == ("false",) and statement.resources
    }
    for queue in cloud.all("aws_sqs_queue"):
        if queue["name"] not in with_policy:
            yield f"{queue['name']} has no policy that wants TLS"
    for policy in cloud.all("aws_sqs_queue_policy"):
        for statement in statements(policy["policy"]):
            if statement.allows and (
                statement.principals != (("Service", "sns.amazonaws.com"),) or not statement.condition("aws:SourceArn")
            ):
                yield f"{policy.address} lets in others than SNS for named topics"


@rule("queue-age-alarm")
def queue_age_alarm(cloud: Cloud) -> Iterator[str]:
    """Every queue has an alarm for messages that wait too long."""
    yield from _without_alarm(cloud, "ApproximateAgeOfOldestMessage", {str(queue["name"]) for queue in _inboxes(cloud)})


@rule("dead-letter-alarm")
def dead_letter_alarm(cloud: Cloud) -> Iterator[str]:
    """Every dead-letter queue has an alarm for its first message."""
    yield from _without_alarm(cloud, "ApproximateNumberOfMessagesVisible", dead_letter_names(cloud))


def _without_alarm(cloud: Cloud, metric: str, names: set[str]) -> Iterator[str]:
    watched: set[str] = set()
    for alarm in cloud.all("aws_cloudwatch_metric_alarm"):
        if alarm["metric_name"] == metric:
            watched.add((alarm["dimensions"] or {}).get("QueueName", ""))
        for query in alarm["metric_query"] or []:
            for one in query.get("metric") or []:
                if one.get("metric_name") == metric:
                    watched.add((one.get("dimensions") or {}).get("QueueName", ""))
    for name in sorted(names - watched):
        yield f"{name} has no alarm on {metric}"


@rule("topic-encrypted")
def topic_encrypted(cloud: Cloud) -> Iterator[str]:
    """Every topic is encrypted with our own key and wants TLS."""
    closed = {
        resource
        for policy in cloud.all("aws_sns_topic_policy")
        for statement in statements(policy["policy"])
        if not statement.allows and statement.condition(TLS) == ("false",)
        for resource in statement.resources
    }
    for topic in cloud.all("aws_sns_topic"):
        if not topic["kms_master_key_id"]:
            yield f"{topic['name']} has no key"
        if not any(arn.endswith(f":{topic['name']}") for arn in closed):
            yield f"{topic['name']} has no policy that wants TLS"


@rule("contract-topics")
def contract_topics(cloud: Cloud) -> Iterator[str]:
    """Every event of the contracts has its topic."""
    existing = {str(topic["name"]) for topic in cloud.all("aws_sns_topic")}
    for name, topic in cloud.topology["topics"].items():
        if f"{cloud.prefix}-{name}" not in existing:
            yield f"{', '.join(topic['events'])}: topic {cloud.prefix}-{name} is missing"


@rule("contract-subscriptions")
def contract_subscriptions(cloud: Cloud) -> Iterator[str]:
    """Every consumer has exactly the subscriptions of the contracts, raw, with their filter on the event's type."""
    found = {}
    for item in cloud.all("aws_sns_topic_subscription"):
        if item["protocol"] == "sqs":
            topic, queue = item.name.partition("[")[2].strip('"]').rpartition("-events-")[::2]
            found[f"{topic}-events", queue] = item
    expected = {(item["topic"], item["queue"]): item for item in cloud.topology["subscriptions"]}
    for pair in sorted(found.keys() - expected.keys()):
        yield f"{' to '.join(pair)} is in no contract"
    for pair, item in expected.items():
        where = " to ".join(pair)
        if pair not in found:
            yield f"{where} is missing"
            continue
        own = found[pair]
        if decoded(own["filter_policy"]) != item["filter"]:
            yield f"{where} has another filter than {', '.join(item['filter']['type'])}"
        if own["filter_policy_scope"] != "MessageAttributes" or own["raw_message_delivery"] is not True:
            yield f"{where} is not raw, or does not filter by attributes"
