"""Authlib's client for Flask, registered by the address of the discovery document and nothing else. From the environment: ISSUER,
CLIENT_ID, CLIENT_SECRET, REDIRECT, PORT."""

import os

from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Flask, jsonify, redirect, session

app = Flask(__name__)
app.secret_key = "only for the rig"
oauth = OAuth(app)
oauth.register(
    "idv",
    client_id=os.environ["CLIENT_ID"],
    client_secret=os.environ["CLIENT_SECRET"],
    server_metadata_url=os.environ["ISSUER"] + "/.well-known/openid-configuration",
    client_kwargs={"scope": "openid"},
)


@app.get("/login")
def login():
    return oauth.idv.authorize_redirect(os.environ["REDIRECT"])


@app.get("/callback")
def callback():
    token = oauth.idv.authorize_access_token()
    session["sub"] = oauth.idv.userinfo(token=token)["sub"]
    assert session["sub"] == token["userinfo"]["sub"]
    return redirect("/")


@app.errorhandler(OAuthError)
def refused(error):
    return jsonify(error=error.error, description=error.description), 401


@app.get("/")
def home():
    return "home"


@app.get("/me")
def me():
    sub = session.get("sub")
    return jsonify(sub=sub), 200 if sub else 401


app.run("127.0.0.1", int(os.environ["PORT"]))
