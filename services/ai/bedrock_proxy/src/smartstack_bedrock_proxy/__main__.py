"""`python -m smartstack_bedrock_proxy`: the proxy on SMARTSTACK_HTTP_HOST:SMARTSTACK_HTTP_PORT."""

import uvicorn

from smartstack_bedrock_proxy.main import app, settings

uvicorn.run(
    app,
    host=settings.http_host,
    port=settings.http_port,
    lifespan="off",
    access_log=False,
    server_header=False,
    # By default uvicorn takes the caller's word for its address when the call comes from this machine.
    proxy_headers=False,
    log_config=None,
)
