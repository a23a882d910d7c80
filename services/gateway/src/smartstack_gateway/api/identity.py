"""Signing up, in and out; who am I."""

from datetime import UTC, datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response

from smartstack_chassis.edge import CurrentMember, IdempotencyKey, Uow
from smartstack_chassis.errors import Unauthenticated
from smartstack_chassis.problems import domain_problem
from smartstack_gateway import queries
from smartstack_gateway.api.same_origin import SameOrigin
from smartstack_gateway.commands import identity
from smartstack_gateway.commands.identity import RefreshReusedError, SignedIn
from smartstack_gateway.resources import Parts, Resources
from smartstack_gateway.schemas import LogIn, Me, Session, SignUp

COOKIE = "smartstack_refresh"
COOKIE_PATH = "/api/v1/auth"

router = APIRouter(tags=["auth"])


@router.post("/auth/signup", status_code=201, response_model=Session, dependencies=[SameOrigin])
async def sign_up(asked: SignUp, uow: Uow, parts: Parts, key: IdempotencyKey = None) -> Response:
    """Create a user with a workspace, signed in. 409 when the e-mail address is taken."""
    signed_in = await identity.sign_up(uow, parts.passwords, asked, datetime.now(UTC), key)
    return _session(signed_in, parts, 201)


@router.post("/auth/login", response_model=Session, dependencies=[SameOrigin])
async def log_in(asked: LogIn, uow: Uow, parts: Parts) -> Response:
    """Sign in. 401 when the address or the password is wrong, without saying which."""
    parts.limits.account.take(asked.email)
    return _session(await identity.log_in(uow, parts.passwords, asked, datetime.now(UTC)), parts)


@router.post("/auth/refresh", response_model=Session, dependencies=[SameOrigin])
async def refresh(request: Request, uow: Uow, parts: Parts) -> Response:
    """Exchange the refresh cookie for an access token and the next cookie. A second use ends the session: 401."""
    secret = request.cookies.get(COOKIE)
    try:
        if not secret:
            raise Unauthenticated("no_session", "There is no session; sign in.")
        return _session(await identity.refresh(uow, secret, datetime.now(UTC)), parts)
    except Unauthenticated as error:
        if isinstance(error, RefreshReusedError):
            parts.revocations.add([error.session_id])
        answer = domain_problem(error)
        _clear_cookie(answer, parts)
        return answer


@router.post("/auth/logout", status_code=204, dependencies=[SameOrigin])
async def log_out(request: Request, uow: Uow, parts: Parts) -> Response:
    """End the session of the cookie, its access tokens included. 204 also when there is none."""
    secret = request.cookies.get(COOKIE)
    ended = await identity.log_out(uow, secret, datetime.now(UTC)) if secret else None
    if ended is not None:
        parts.revocations.add([ended])
    answer = Response(status_code=204)
    _clear_cookie(answer, parts)
    return answer


@router.get("/me")
async def me(member: CurrentMember, uow: Uow, parts: Parts) -> Me:
    """Return who calls, their workspace and their role in it, and what there is for them beside the product."""
    async with uow.begin(member) as transaction:
        return await queries.me(transaction.session, member, ops=parts.settings.ops_url is not None)


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
    answer.set_cookie(
        COOKIE,
        signed_in.refresh_token,
        expires=signed_in.refresh_expires_at,
        path=COOKIE_PATH,
        secure=parts.settings.cookie_secure,
        httponly=True,
        samesite="strict",
    )
    return answer


def _clear_cookie(answer: Response, parts: Resources) -> None:
    answer.delete_cookie(
        COOKIE, path=COOKIE_PATH, secure=parts.settings.cookie_secure, httponly=True, samesite="strict"
    )
