"""Run as a program in a fork: creates the buckets and tables of the topology that are not there yet.

Topics and queues the services declare for themselves. SMARTSTACK_RESOURCE_PREFIX and AWS's usual variables say where.
"""

import asyncio
import os
from collections.abc import Awaitable
from typing import Any

from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from botocore.exceptions import ClientError

from smartstack_contracts.topology import BUCKETS, TABLES

_THERE_ALREADY = frozenset({"BucketAlreadyOwnedByYou", "BucketAlreadyExists", "ResourceInUseException"})
_CALLS = AioConfig(connect_timeout=5, read_timeout=20, retries={"total_max_attempts": 3, "mode": "standard"})


def main() -> None:
    """Create what is missing. Raises botocore's errors."""
    asyncio.run(create(os.environ["SMARTSTACK_RESOURCE_PREFIX"], os.environ["AWS_ENDPOINT_URL"]))


async def create(prefix: str, endpoint_url: str) -> None:
    """Create everything concurrently; credentials and region come from the environment."""
    session: Any = get_session()
    region = os.environ["AWS_REGION"]
    options = {"endpoint_url": endpoint_url, "region_name": region, "config": _CALLS}
    async with session.create_client("s3", **options) as s3, session.create_client("dynamodb", **options) as tables:
        where = {"LocationConstraint": region}
        buckets = [
            _unless_there(s3.create_bucket(Bucket=f"{prefix}-{name}", CreateBucketConfiguration=where))
            for name in BUCKETS
        ]
        await asyncio.gather(*buckets, *(_table(tables, f"{prefix}-{name}", keys) for name, keys in TABLES.items()))


async def _table(tables: Any, name: str, keys: Any) -> None:
    named = {"HASH": keys["partition_key"], "RANGE": keys["sort_key"]}
    created = tables.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": attribute, "AttributeType": "S"} for attribute in named.values()],
        KeySchema=[{"AttributeName": attribute, "KeyType": kind} for kind, attribute in named.items()],
    )
    if await _unless_there(created):
        expiry = {"Enabled": True, "AttributeName": keys["expires_at"]}
        await tables.update_time_to_live(TableName=name, TimeToLiveSpecification=expiry)


async def _unless_there(creating: Awaitable[Any]) -> bool:
    """Returns whether it is new."""
    try:
        await creating
    except ClientError as error:
        if error.response["Error"]["Code"] not in _THERE_ALREADY:
            raise
        return False
    return True


if __name__ == "__main__":
    main()
