"""pyoidc's Client as its documentation has it: provider_config, a registration known by hand, AuthorizationRequest. From the
environment: ISSUER, CLIENT_ID, CLIENT_SECRET, REDIRECT, PORT. Sessions are kept in memory, by a cookie of our own."""

import json
import os
from http.cookies import SimpleCookie
from wsgiref.simple_server import make_server

from oic import rndstr
from oic.oic import Client
from oic.oic.message import AuthorizationResponse, RegistrationResponse
from oic.utils.authn.client import CLIENT_AUTHN_METHOD

SESSIONS = {}


def new_client():
    client = Client(client_authn_method=CLIENT_AUTHN_METHOD)
    client.provider_config(os.environ["ISSUER"])
    known = {"client_id": os.environ["CLIENT_ID"], "client_secret": os.environ["CLIENT_SECRET"]}
    client.store_registration_info(RegistrationResponse(**known))
    return client


def login(session):
    session.clear()
    session.update(client=new_client(), state=rndstr(), nonce=rndstr())
    client = session["client"]
    request = client.construct_AuthorizationRequest(
        request_args={
            "client_id": client.client_id,
            "response_type": "code",
            "scope": ["openid"],
            "nonce": session["nonce"],
            "redirect_uri": os.environ["REDIRECT"],
            "state": session["state"],
        }
    )
    return "302 Found", request.request(client.authorization_endpoint)


def callback(session, query):
    client = session["client"]
    answer = client.parse_response(AuthorizationResponse, info=query, sformat="urlencoded")
    if "code" not in answer:
        return "401 Unauthorized", json.dumps(answer.to_dict())
    assert answer["state"] == session["state"]
    tokens = client.do_access_token_request(state=answer["state"], request_args={"code": answer["code"]})
    if "id_token" not in tokens or tokens["id_token"]["nonce"] != session["nonce"]:
        return "401 Unauthorized", json.dumps(tokens.to_dict(), default=str)
    userinfo = client.do_user_info_request(state=answer["state"])
    session["sub"] = userinfo["sub"]
    return "302 Found", "/"


def answer(environ, session):
    path, query = environ["PATH_INFO"], environ.get("QUERY_STRING", "")
    if path == "/login":
        return login(session)
    if path == "/callback":
        return callback(session, query)
    if path == "/me":
        sub = session.get("sub")
        return "200 OK" if sub else "401 Unauthorized", json.dumps({"sub": sub})
    return "200 OK", "home"


def application(environ, start_response):
    cookie = SimpleCookie(environ.get("HTTP_COOKIE", "")).get("peer")
    name = cookie.value if cookie else rndstr()
    session = SESSIONS.setdefault(name, {})
    try:
        status, text = answer(environ, session)
    except Exception as error:
        status, text = "500 Internal Server Error", f"{type(error).__name__}: {error}"
    headers = [("set-cookie", f"peer={name}; Path=/; HttpOnly"), ("content-type", "text/plain")]
    if status.startswith("302"):
        headers.append(("location", text))
    start_response(status, headers)
    return [text.encode()]


make_server("127.0.0.1", int(os.environ["PORT"]), application).serve_forever()
