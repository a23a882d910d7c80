"""`python -m smartstack_bedrock_proxy.stub [port]`: the stub on this machine, by default on a free port."""

import sys

import uvicorn

from smartstack_bedrock_proxy.stub.server import Stub

port = int(sys.argv[1]) if len(sys.argv) > 1 else 0
uvicorn.run(Stub(), host="127.0.0.1", port=port, lifespan="off")
