"""`smartstack_bedrock_proxy.main:app`, for uvicorn and for the Lambda Web Adapter alike."""

from smartstack_bedrock_proxy import telemetry
from smartstack_bedrock_proxy.app import App
from smartstack_bedrock_proxy.settings import Settings

settings = Settings()
telemetry.configure(settings)
app = App(settings)
