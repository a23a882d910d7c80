"""Signing up, in and out; who am I."""

from datetime import UTC, datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response

from smartstack_chassis.core.errors import Conflict, Unauthenticated
from smartstack_chassis.events.uow import UnitOfWork
from smartstack_chassis.http.dependencies import CurrentMember, Uow
from smartstack_chassis.http.idempotency import IdempotencyKey
from smartstack_chassis.http.problems import domain_problem
from smartstack_gateway import queries
from smartstack_gateway.api.same_origin import SameOrigin
from smartstack_gateway.commands import identity, throttles
from smartstack_gateway.commands.identity import RefreshReusedError, SignedIn
from smartstack_gateway.commands.throttles import Counter
from smartstack_gateway.devices import LIFETIME
from smartstack_gateway.network import client_network
from smartstack_gateway.password_rules import refuse_guessable
from smartstack_gateway.resources import Parts, Resources
from smartstack_gateway.schemas import LogIn, Me, Session, SignUp

router = APIRouter(tags=["auth"])


@router.post("/auth/signup", status_code=201, response_model=Session, dependencies=[SameOrigin])
async def sign_up(asked: SignUp, request: Request, uow: Uow, parts: Parts, key: IdempotencyKey = None) -> Response:
    """Create a user with a workspace, signed in. 409 when the e-mail address is taken.

    422 when the password is easy to guess. 429 when the network has signed up often: each answer tells whether an
    address has an account.
    """
    refuse_guessable(asked.password, (asked.email, asked.name, asked.workspace_name))
    now = datetime.now(UTC)
    counters = [parts.limits.sign_up.of(_network(request, parts))]
    await throttles.take(uow, counters)
    try:
        signed_in = await identity.sign_up(uow, parts.passwords, asked, now, key)
    except (Conflict, Unauthenticated):
        raise
    except Exception:
        await throttles.give_back(uow, counters)
        raise
    return await _enter(signed_in, request, uow, parts, 201)


@router.post("/auth/login", response_model=Session, dependencies=[SameOrigin])
async def log_in(asked: LogIn, request: Request, uow: Uow, parts: Parts) -> Response:
    """Sign in. 401 when the address or the password is wrong, without saying which.

    429 after failures. A browser that was signed in to this account before waits for its own failures alone.
    """
    now = datetime.now(UTC)
    counters = _counters(asked.email, request, parts, now)
    await throttles.take(uow, counters)
    try:
        signed_in = await identity.log_in(uow, parts.passwords, asked, now)
    except Unauthenticated:
        raise
    except Exception:
        await throttles.give_back(uow, counters)
        raise
    await throttles.give_back(uow, counters)
    return await _enter(signed_in, request, uow, parts)


@router.post("/auth/refresh", response_model=Session, dependencies=[SameOrigin])
async def refresh(request: Request, uow: Uow, parts: Parts) -> Response:
    """Exchange the refresh cookie for an access token and the next cookie. A second use ends the session: 401."""
    secret = request.cookies.get(parts.cookies.refresh)
    try:
        if not secret:
            raise Unauthenticated("no_session", "There is no session; sign in.")
        return _session(await identity.refresh(uow, secret, datetime.now(UTC)), parts)
    except Unauthenticated as error:
        if isinstance(error, RefreshReusedError):
            parts.revocations.add([error.session_id])
        answer = domain_problem(error)
        parts.cookies.clear_refresh(answer)
        return answer


@router.post("/auth/logout", status_code=204, dependencies=[SameOrigin])
async def log_out(request: Request, uow: Uow, parts: Parts) -> Response:
    """End the session of the cookie, its access tokens included. 204 also when there is none.

    Whatever fails here, the answer takes the cookie from the browser (see edge/app.py).
    """
    await _end_session(request, uow, parts)
    answer = Response(status_code=204)
    parts.cookies.clear_refresh(answer)
    return answer


@router.get("/me")
async def me(member: CurrentMember, uow: Uow, parts: Parts) -> Me:
    """Return who calls, their workspace and their role in it, and what there is for them beside the product."""
    async with uow.begin(member) as transaction:
        return await queries.me(transaction.session, member, ops=parts.settings.ops_url is not None)


def _network(request: Request, parts: Resources) -> str:
    return client_network(request.scope, parts.settings.trusted_proxies)


def _counters(email: str, request: Request, parts: Resources, now: datetime) -> list[Counter]:
    """Return what a failed sign-in counts on: the device where it is known, so that strangers cannot lock it out."""
    device = parts.devices.known(request.cookies.get(parts.cookies.device), email, now)
    if device is not None:
        return [parts.limits.device.of(f"{device}\n{email}")]
    return [parts.limits.account.of(email), parts.limits.network.of(_network(request, parts))]


async def _end_session(request: Request, uow: UnitOfWork, parts: Resources) -> None:
    """End the session of the request's cookie, if it has one."""
    secret = request.cookies.get(parts.cookies.refresh)
    ended = await identity.log_out(uow, secret, datetime.now(UTC)) if secret else None
    if ended is not None:
        parts.revocations.add([ended])


async def _enter(
    signed_in: SignedIn, request: Request, uow: UnitOfWork, parts: Resources, status: int = 200
) -> Response:
    """Answer a sign-in. The browser's former session loses its cookie by this, so it ends."""
    await _end_session(request, uow, parts)
    answer = _session(signed_in, parts, status)
    cookies, now = parts.cookies, datetime.now(UTC)
    proof = parts.devices.remember(request.cookies.get(cookies.device), signed_in.user.email, now)
    cookies.set_device(answer, proof, LIFETIME, now)
    return answer


def _session(signed_in: SignedIn, parts: Resources, status: int = 200) -> Response:
    signer = parts.settings.signer
    session = Session(
        access_token=signer.member(signed_in.member),
        token_type="Bearer",  # noqa: S106 - RFC 6750's name of the scheme
        expires_in=signer.lifetime_seconds,
        user=signed_in.user,
        workspace=signed_in.workspace,
    )
    answer = Response(session.model_dump_json(), status, {"Cache-Control": "no-store"}, "application/json")
    parts.cookies.set_refresh(answer, signed_in.refresh_token, signed_in.refresh_expires_at)
    return answer
