from typing import Any

import pytest
from aiobotocore.session import get_session

from smartstack_cli.local import buckets as storing
from smartstack_cli.testing import AwsAccount
from smartstack_contracts.topology import BUCKETS, TABLES


async def test_buckets_and_tables_of_the_topology_are_created_once(
    aws_account: AwsAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_REGION", aws_account.region)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", aws_account.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", aws_account.secret)
    prefix = f"test-{aws_account.access_key}"
    for _ in range(2):
        await storing.create(prefix, aws_account.endpoint_url)
    session: Any = get_session()
    options = {"endpoint_url": aws_account.endpoint_url, "region_name": aws_account.region}
    async with session.create_client("s3", **options) as s3, session.create_client("dynamodb", **options) as tables:
        buckets = {bucket["Name"] for bucket in (await s3.list_buckets())["Buckets"]}
        assert buckets == {f"{prefix}-{name}" for name in BUCKETS}
        assert set((await tables.list_tables())["TableNames"]) == {f"{prefix}-{name}" for name in TABLES}
        table = (await tables.describe_table(TableName=f"{prefix}-ai-budgets"))["Table"]
        assert [key["AttributeName"] for key in table["KeySchema"]] == ["workspace_id", "period"]
        told = await tables.describe_time_to_live(TableName=f"{prefix}-ai-budgets")
        assert told["TimeToLiveDescription"]["AttributeName"] == "expires_at"
