"""The call to Bedrock itself, signed with this process's own role. One attempt: whoever calls the proxy retries."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import quote

import aiohttp
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from yarl import URL

from smartstack_bedrock_proxy import refusals
from smartstack_bedrock_proxy.clients import Clients
from smartstack_bedrock_proxy.converse import Call

# What the answer keeps of its headers; others belong to the connection, or to a layer that is not passed on.
KEPT_HEADERS = ("content-type", "x-amzn-requestid", "x-amzn-errortype", "retry-after")


class Upstream:
    """Bedrock at one address."""

    def __init__(self, clients: Clients, url: str, region: str) -> None:
        self._clients = clients
        self._url = url
        self._region = region

    @asynccontextmanager
    async def calling(self, call: Call) -> AsyncIterator[aiohttp.ClientResponse]:
        """Send the call; yields the answer, whose body is not read yet. Leaving the block drops the connection.

        Raises Refusal when nothing was sent, and aiohttp's ClientError when the connection broke.
        """
        name = "converse-stream" if call.operation.stream else "converse"
        url = f"{self._url}/model/{quote(call.operation.model, safe='')}/{name}"
        headers = await self._signed(url, call.body)
        try:
            request = self._clients.http().post(URL(url, encoded=True), data=call.body, headers=headers)
            response = await request
        except aiohttp.ClientConnectorError as error:
            raise refusals.unavailable("Bedrock cannot be reached.", "upstream") from error
        try:
            yield response
        finally:
            if not response.closed:
                response.close()

    async def _signed(self, url: str, body: bytes) -> dict[str, str]:
        credentials = await self._clients.credentials()
        if credentials is None:
            raise refusals.unavailable("The proxy has no credentials.", "upstream")
        request = AWSRequest("POST", url, headers={"Content-Type": "application/json"}, data=body)
        SigV4Auth(credentials, "bedrock", self._region).add_auth(request)
        return {**dict(request.headers.items()), "Accept-Encoding": "identity"}
