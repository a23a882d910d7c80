"""The Bedrock engine: one model call for a message, typed and checked; on any failure the offline engine, and why."""

import asyncio
import logging
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

from pydantic_ai import Agent, ModelRetry, RunContext, RunUsage, ToolOutput, UsageLimits
from pydantic_ai.exceptions import AgentRunError, ModelAPIError, ModelHTTPError
from pydantic_ai.models.bedrock import BedrockConverseModel, BedrockModelSettings
from pydantic_ai.providers.bedrock import BedrockModelProfile, BedrockProvider

from smartstack_ai.llm.bedrock import telemetry
from smartstack_ai.llm.bedrock.client import CostMeter, WorkspaceTokenSigner, make_client, metered
from smartstack_ai.llm.breaker import Breaker
from smartstack_ai.llm.findings import Findings
from smartstack_ai.llm.offline import OfflineEngine
from smartstack_ai.llm.port import Answer, Engine, FallbackReason, ModelCall
from smartstack_ai.llm.prompts import INSTRUCTIONS, PROMPT_VERSION, Prompt, make_prompt
from smartstack_ai.llm.proposals import propose, unknown_sentences
from smartstack_ai.settings import AiSettings
from smartstack_ai.values import Proposal, SourceText

logger = logging.getLogger(__name__)
NAME = "bedrock"
# One more than the call itself: the model may correct an answer that did not fit, once.
MAX_REQUESTS = 2
# What the proxy gives as its reason for answering itself.
_REASONS: Mapping[str, FallbackReason] = {
    "budget": "budget",
    "stopped": "stopped",
    "token": "refused",
    "model": "refused",
    "request": "refused",
    "deadline": "timeout",
}
_STATUSES: Mapping[int, FallbackReason] = {
    400: "refused",
    403: "refused",
    404: "refused",
    408: "timeout",
    429: "throttled",
}


class BedrockEngine:
    """Asks the model that the settings name, with at most `bedrock_concurrency` calls at once; one for a process.

    `offline` answers where the model does not.
    """

    def __init__(self, settings: AiSettings, offline: Engine | None = None) -> None:
        self._settings = settings
        self._model = settings.bedrock_model or ""
        self._offline: Engine = offline or OfflineEngine()
        self._breaker = Breaker()
        self._signer = WorkspaceTokenSigner.of(settings)
        self._free = asyncio.Semaphore(settings.bedrock_concurrency)
        self.client = make_client(settings)
        self._agent = _agent(self._model, self.client)

    @property
    def version(self) -> str:
        """Return what decides about answers: the prompt and the model."""
        return f"{PROMPT_VERSION}/{self._model}"

    async def answer(self, source: SourceText) -> Answer:
        """Have the message read; within the deadline, and never without an answer."""
        prompt = make_prompt(source)
        if prompt is None:
            return Answer([], NAME, self.version)
        if reason := self._breaker.open():
            return await self._fall_back(source, reason, None)
        return await self._asked(source, prompt)

    async def _asked(self, source: SourceText, prompt: Prompt) -> Answer:
        usage, begun = RunUsage(), time.monotonic()
        proposals: list[Proposal] | None = None
        reason: FallbackReason | None = None
        limit = self._settings.bedrock_max_tokens
        with telemetry.chat_span(self._model, source, limit, PROMPT_VERSION) as span, self._metered() as meter:
            try:
                proposals = propose(prompt, await self._ask(prompt, usage))
            except Exception as error:  # noqa: BLE001 - whatever it is, the message is read
                reason = _reason(error)
                logger.warning("the offline engine answers for Bedrock (%s): %s", reason, type(error).__name__)
            call = self._call(usage, meter, begun, reason, telemetry.trace_id(span))
            telemetry.measured(span, call)
        self._breaker.record(reason)
        if proposals is None:
            return await self._fall_back(source, reason, call)
        return Answer(proposals, NAME, self.version, None, call)

    async def _fall_back(self, source: SourceText, reason: FallbackReason | None, call: ModelCall | None) -> Answer:
        answer = await self._offline.answer(source)
        return Answer(answer.proposals, answer.engine, answer.engine_version, reason, call)

    def _metered(self) -> AbstractContextManager[CostMeter]:
        return metered(self._settings.bedrock_deadline_seconds)

    async def _ask(self, prompt: Prompt, usage: RunUsage) -> Findings:
        if prompt.source.workspace_id is None:
            raise ValueError("nobody pays for this message")
        settings = BedrockModelSettings(
            max_tokens=self._settings.bedrock_max_tokens,
            temperature=0.0,
            framing_announcement="never",
            extra_headers=self._signer.headers(prompt.source.workspace_id),
        )
        limits = UsageLimits(request_limit=MAX_REQUESTS)
        async with asyncio.timeout(self._settings.bedrock_deadline_seconds), self._free:
            run = await self._agent.run(
                prompt.text, deps=prompt, model_settings=settings, usage=usage, usage_limits=limits
            )
        return run.output

    def _call(
        self, usage: RunUsage, meter: CostMeter, begun: float, reason: FallbackReason | None, trace_id: str | None
    ) -> ModelCall:
        return ModelCall(
            engine=NAME,
            model=self._model,
            prompt_version=PROMPT_VERSION,
            input_tokens=usage.input_tokens,
            output_tokens=usage.output_tokens,
            cost_usd=meter.usd if meter.reported else None,
            latency_ms=round((time.monotonic() - begun) * 1000),
            outcome=reason or "answered",
            trace_id=trace_id,
        )


def _agent(model_id: str, client: Any) -> Agent[Prompt, Findings]:
    # An inference profile's ARN does not tell its model, whose output tool would then not be forced.
    forced = BedrockModelProfile(bedrock_supports_tool_choice=True) if model_id.startswith("arn:") else None
    agent = Agent(
        BedrockConverseModel(model_id, provider=BedrockProvider(bedrock_client=client), profile=forced),
        deps_type=Prompt,
        output_type=ToolOutput(Findings, name="report_work", description="Report the work found in the message."),
        instructions=INSTRUCTIONS,
        retries=1,
        name="suggestions",
    )

    @agent.output_validator
    def cites_what_exists(context: RunContext[Prompt], found: Findings) -> Findings:
        """Have a made-up sentence corrected, once."""
        if unknown := unknown_sentences(context.deps, found):
            raise ModelRetry(f"There are no sentences {unknown}; the last is {len(context.deps.message.sentences)}.")
        return found

    return agent


def _reason(error: Exception) -> FallbackReason:
    """Return why there was no answer, in words that a person can do something with."""
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, ModelHTTPError):
        told = (error.headers or {}).get("x-smartstack-reason", "")
        return _REASONS.get(told) or _STATUSES.get(error.status_code, "unavailable")
    if isinstance(error, AgentRunError) and not isinstance(error, ModelAPIError):
        return "bad_answer"
    return "unavailable"
