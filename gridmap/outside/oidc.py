"""Single sign-on by OpenID Connect: the code flow with PKCE (RFC 7636), state and nonce.

The issuer is named by settings; nothing is asked of any host where none is.
"""

import secrets
from dataclasses import dataclass
from typing import Any

import requests
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from gridmap.errors import NotAllowed, SetupFailed
from gridmap.settings import Settings

_WAIT_S = 10
_SCOPE = "openid profile"
_ALGORITHMS = ["RS256", "ES256", "PS256", "EdDSA"]
_REFUSED = "统一登录没有成功，请再试一次；还不行请找管理员。"


@dataclass(frozen=True)
class Waiting:
    """What this browser must bring back from the issuer."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Person:
    """Who the issuer says that it is: its lasting subject, and the login it goes by there."""

    subject: str
    login: str


def begin(settings: Settings, *, back: str) -> tuple[str, Waiting]:
    """Where to send the browser, and what to remember until it is back.

    Raises SetupFailed where no issuer is set or it does not answer.
    """
    told = _discovered(settings)
    waiting = Waiting(*(secrets.token_urlsafe(32) for _ in range(3)))
    address, _ = _client(settings, back).create_authorization_url(
        told["authorization_endpoint"],
        state=waiting.state,
        nonce=waiting.nonce,
        code_verifier=waiting.verifier,
    )
    return str(address), waiting


def finish(settings: Settings, waiting: Waiting, *, back: str, state: str, code: str) -> Person:
    """Who signed in at the issuer; raises NotAllowed for whatever does not fit."""
    if not secrets.compare_digest(state.encode(), waiting.state.encode()) or not code:
        raise NotAllowed(_REFUSED)
    told = _discovered(settings)
    try:
        token: dict[str, Any] = _client(settings, back).fetch_token(
            told["token_endpoint"], code=code, code_verifier=waiting.verifier, timeout=_WAIT_S
        )
        keys = KeySet.import_key_set(_json(told["jwks_uri"]))  # type: ignore[arg-type]
        decoded = jwt.decode(token["id_token"], keys, algorithms=_ALGORITHMS)
        claims = _checked(settings, told, waiting, decoded.claims, decoded.header)
    except (JoseError, KeyError, ValueError, requests.RequestException) as error:
        raise NotAllowed(_REFUSED) from error
    except Exception as error:
        # the client's own errors (invalid_grant and its kin) have no common ancestor to name
        if type(error).__module__.startswith("authlib"):
            raise NotAllowed(_REFUSED) from error
        raise
    return Person(f"{told['issuer']} {claims['sub']}", str(claims.get("preferred_username", "")))


def _checked(
    settings: Settings,
    told: dict[str, Any],
    waiting: Waiting,
    claims: dict[str, Any],
    header: dict[str, Any],
) -> CodeIDToken:
    """Issuer, audience, nonce and times as OpenID Connect Core 3.1.3.7 asks."""
    checked = CodeIDToken(
        claims,
        header,
        options={
            "iss": {"essential": True, "values": [told["issuer"]]},
            "aud": {"essential": True, "value": settings.oidc_client_id},
            "sub": {"essential": True},
            "exp": {"essential": True},
        },
        params={"nonce": waiting.nonce, "client_id": settings.oidc_client_id},
    )
    checked.validate(leeway=60)
    return checked


def _client(settings: Settings, back: str) -> OAuth2Session:
    return OAuth2Session(
        settings.oidc_client_id,
        settings.oidc_client_secret,
        scope=_SCOPE,
        redirect_uri=back,
        code_challenge_method="S256",
    )


def _discovered(settings: Settings) -> dict[str, Any]:
    """The issuer's own account of itself (OpenID Connect Discovery)."""
    if not settings.oidc_issuer:
        raise SetupFailed("没有设统一登录。")
    issuer = settings.oidc_issuer.rstrip("/")
    try:
        told = _json(f"{issuer}/.well-known/openid-configuration")
    except (requests.RequestException, ValueError) as error:
        raise SetupFailed("统一登录的服务没有应答，请用密码登录或稍后再试。") from error
    if str(told.get("issuer", "")).rstrip("/") != issuer:
        raise SetupFailed("统一登录的服务自报的地址与设置不同，请核对 GRIDMAP_OIDC_ISSUER。")
    return told


def _json(address: str) -> dict[str, Any]:
    answer = requests.get(address, timeout=_WAIT_S)
    answer.raise_for_status()
    told: dict[str, Any] = answer.json()
    return told
