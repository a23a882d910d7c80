"""Signing up, in and out; who am I."""

from datetime import UTC, datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response

from smartstack_chassis.auth.revocations import Revocations
from smartstack_chassis.core.errors import Conflict, Unauthenticated
from smartstack_chassis.events.uow import UnitOfWork
from smartstack_chassis.http.dependencies import Uow
from smartstack_chassis.http.idempotency import IdempotencyKey
from smartstack_chassis.http.problems import domain_problem
from smartstack_gateway.identity.domain import known_timezone
from smartstack_gateway.identity.password_rules import refuse_guessable
from smartstack_gateway.identity.passwords import Passwords
from smartstack_gateway.identity.schemas import SignUp
from smartstack_gateway.network import client_network
from smartstack_gateway.resources import ProcessResources, Resources
from smartstack_gateway.sessions import commands
from smartstack_gateway.sessions.commands import RefreshReusedError, SignedIn
from smartstack_gateway.sessions.cookies import Cookies
from smartstack_gateway.sessions.devices import LIFETIME, Devices
from smartstack_gateway.sessions.domain import Renewal
from smartstack_gateway.sessions.same_origin import SameOrigin
from smartstack_gateway.sessions.schemas import LogIn, Session, SignedUp
from smartstack_gateway.sessions.throttling import SignInThrottles
from smartstack_gateway.settings import GatewaySettings
from smartstack_gateway.throttles import commands as throttles
from smartstack_gateway.throttles.domain import Counter
from smartstack_gateway.values import digest

router = APIRouter(tags=["auth"])


@router.post("/auth/signup", status_code=201, response_model=SignedUp, dependencies=[SameOrigin])
async def sign_up(
    asked: SignUp, request: Request, uow: Uow, resources: ProcessResources, key: IdempotencyKey = None
) -> Response:
    """Create a user with a workspace, signed in. 409 when the e-mail address is taken.

    A browser may name a time zone that other browsers do not know: the workspace then gets UTC, and the answer says so.
    422 when the password is easy to guess. 429 when the network has signed up often: each answer reveals
    whether an address has an account.
    """
    refuse_guessable(asked.password, (asked.email, asked.name, asked.workspace_name))
    now = datetime.now(UTC)
    counters = [resources[SignInThrottles].sign_up.of(_network(request, resources))]
    await throttles.acquire(uow, counters)
    try:
        signed_in = await commands.sign_up(uow, resources[Passwords], asked, now, key)
    except (Conflict, Unauthenticated):
        raise
    except Exception:
        await throttles.release(uow, counters)
        raise
    replaced = asked.timezone if known_timezone(asked.timezone) is None else None
    session = SignedUp(**dict(_session(signed_in, resources)), timezone_replaced=replaced)
    return await _enter(session, signed_in, request, uow, resources, 201)


@router.post("/auth/login", response_model=Session, dependencies=[SameOrigin])
async def log_in(asked: LogIn, request: Request, uow: Uow, resources: ProcessResources) -> Response:
    """Sign in. 401 when the address or the password is wrong, without saying which.

    429 after failures. A browser that was signed in to this account before waits for its own failures alone.
    """
    now = datetime.now(UTC)
    counters = _counters(asked.email, request, resources, now)
    await throttles.acquire(uow, counters)
    try:
        signed_in = await commands.log_in(uow, resources[Passwords], asked, now)
    except Unauthenticated:
        raise
    except Exception:
        await throttles.release(uow, counters)
        raise
    await throttles.release(uow, counters)
    return await _enter(_session(signed_in, resources), signed_in, request, uow, resources)


@router.post("/auth/refresh", response_model=Session, dependencies=[SameOrigin])
async def refresh(request: Request, uow: Uow, resources: ProcessResources) -> Response:
    """Exchange the refresh cookie for an access token and the next cookie.

    The same cookie from the same browser gets the same answer for 30 s more, since an answer can get lost. Any other
    second use ends the session: 401.
    """
    secret = request.cookies.get(resources[Cookies].refresh)
    try:
        if not secret:
            raise Unauthenticated("no_session", "You are not signed in.")
        key = resources[GatewaySettings].refresh_key
        signed_in = await commands.refresh(uow, _renewal(secret, request, resources), key)
        return _answer(_session(signed_in, resources), signed_in, resources)
    except Unauthenticated as error:
        if isinstance(error, RefreshReusedError):
            resources[Revocations].add([error.session_id])
        answer = domain_problem(error)
        resources[Cookies].clear_refresh(answer)
        return answer


@router.post("/auth/logout", status_code=204, dependencies=[SameOrigin])
async def log_out(request: Request, uow: Uow, resources: ProcessResources) -> Response:
    """End the session of the cookie, its access tokens included. 204 also when there is none.

    Whatever fails here, the answer takes the cookie from the browser (see edge/app.py).
    """
    await _end_session(request, uow, resources)
    answer = Response(status_code=204)
    resources[Cookies].clear_refresh(answer)
    return answer


def _renewal(secret: str, request: Request, resources: Resources) -> Renewal:
    """Return the exchange that a request asks for. The device cookie and the user agent identify a device."""
    device = [request.cookies.get(resources[Cookies].device, ""), request.headers.get("user-agent", "")]
    return Renewal(secret, digest("\n".join(device)), datetime.now(UTC))


def _network(request: Request, resources: Resources) -> str:
    return client_network(request.scope, resources[GatewaySettings].trusted_proxies)


def _counters(email: str, request: Request, resources: Resources, now: datetime) -> list[Counter]:
    """Return what a failed sign-in counts on: the device where it is known, so that strangers cannot lock it out."""
    device = resources[Devices].known(request.cookies.get(resources[Cookies].device), email, now)
    if device is not None:
        return [resources[SignInThrottles].device.of(f"{device}\n{email}")]
    return [
        resources[SignInThrottles].account.of(email),
        resources[SignInThrottles].network.of(_network(request, resources)),
    ]


async def _end_session(request: Request, uow: UnitOfWork, resources: Resources) -> None:
    """End the session of the request's cookie, if it has one."""
    secret = request.cookies.get(resources[Cookies].refresh)
    ended = await commands.log_out(uow, secret, datetime.now(UTC)) if secret else None
    if ended is not None:
        resources[Revocations].add([ended])


async def _enter(
    session: Session, signed_in: SignedIn, request: Request, uow: UnitOfWork, resources: Resources, status: int = 200
) -> Response:
    """Answer a sign-in. The browser's former session loses its cookie by this, so it ends."""
    await _end_session(request, uow, resources)
    answer = _answer(session, signed_in, resources, status)
    cookies, now = resources[Cookies], datetime.now(UTC)
    proof = resources[Devices].remember(request.cookies.get(cookies.device), signed_in.account.user.email, now)
    cookies.set_device(answer, proof, LIFETIME, now)
    return answer


def _session(signed_in: SignedIn, resources: Resources) -> Session:
    signer = resources[GatewaySettings].signer
    return Session(
        access_token=signer.member(signed_in.member),
        token_type="Bearer",  # noqa: S106 - RFC 6750's name of the scheme
        expires_in=signer.lifetime_seconds,
        user=signed_in.account.user,
        workspace=signed_in.account.workspace,
    )


def _answer(session: Session, signed_in: SignedIn, resources: Resources, status: int = 200) -> Response:
    answer = Response(session.model_dump_json(), status, {"Cache-Control": "no-store"}, "application/json")
    resources[Cookies].set_refresh(answer, signed_in.refresh_token, signed_in.refresh_expires_at)
    return answer
