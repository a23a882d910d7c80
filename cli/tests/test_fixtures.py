import asyncpg
import pytest
from aiobotocore.session import get_session
from playwright.async_api import async_playwright

from smartstack_cli.bootstrap.browser import Browser
from smartstack_cli.testing import AwsAccount


async def test_the_database_server_is_postgresql_18(postgres_admin_url: str) -> None:
    connection = await asyncpg.connect(postgres_admin_url)
    try:
        assert (await connection.fetchval("SHOW server_version")).startswith("18.")
    finally:
        await connection.close()


async def test_accounts_do_not_see_one_another(aws_account: AwsAccount) -> None:
    async def queues(access_key: str) -> list[str]:
        async with get_session().create_client(
            "sqs",
            endpoint_url=aws_account.endpoint_url,
            region_name=aws_account.region,
            aws_access_key_id=access_key,
            aws_secret_access_key=aws_account.secret,
        ) as sqs:
            if access_key == aws_account.access_key:
                await sqs.create_queue(QueueName="mine")
            return (await sqs.list_queues()).get("QueueUrls", [])

    assert len(await queues(aws_account.access_key)) == 1
    assert await queues("000000000001") == []


def test_an_unknown_backend_is_refused(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMARTSTACK_TEST_BACKEND", "clouds")
    pytester.makeconftest('pytest_plugins = ["smartstack_cli.testing"]')
    pytester.makepyfile("def test_it(postgres_admin_url): pass")
    result = pytester.runpytest_subprocess()
    assert result.ret == 4
    result.stdout.fnmatch_lines(["*SMARTSTACK_TEST_BACKEND is embedded or containers, not clouds*"])


async def test_the_browser_renders_text_with_a_font_of_its_own(chromium: Browser) -> None:
    async with async_playwright() as playwright:
        window = await playwright.chromium.launch(**chromium.launch_options())
        page = await window.new_page()
        await page.set_content("<span>SmartStack</span>")
        assert await page.evaluate("document.querySelector('span').getBoundingClientRect().width") > 0
        await window.close()
