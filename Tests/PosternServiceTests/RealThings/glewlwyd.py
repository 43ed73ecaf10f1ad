#!/usr/bin/env python3
"""A real OpenID provider with back-channel logout, Debian's Glewlwyd, for the tests, with a throw-away configuration.

glewlwyd.py FOLDER PORT CLIENT_ID CLIENT_SECRET REDIRECT_URI BACKCHANNEL_LOGOUT_URI NAME:PASSWORD:EMAIL...

This process becomes Glewlwyd itself (exec): end it by SIGTERM. A child of it sets the provider up through Glewlwyd's own administration
API, creating the OpenID plugin last, so that everything is there once PORT/api/oidc/.well-known/openid-configuration answers; it then
says `ready`. If that fails, it ends Glewlwyd.

Environment: GLEWLWYD_URL (what the issuer and every address begin with).
"""

import gzip
import http.cookiejar
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

SQL = "/usr/share/doc/glewlwyd/database/init.sqlite3.sql.gz"
# Docker images and minimized systems leave /usr/share/doc out; this is the same without its DROP TABLEs.
SQL_OF_DBCONFIG = "/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3"
SCOPES = ["openid", "email", "profile"]


def write_configuration(folder, port, url):
    with open(f"{folder}/glewlwyd.conf", "w") as file:
        file.write(f"""\
port={port}
bind_address="127.0.0.1"
external_url="{url}"
login_url="login.html"
api_prefix="api"
static_files_path="/usr/share/glewlwyd/webapp/"
static_files_mime_types = (
  {{ extension = ".html"; mime_type = "text/html"; }},
  {{ extension = ".css"; mime_type = "text/css"; }},
  {{ extension = ".js"; mime_type = "application/javascript"; }},
  {{ extension = ".json"; mime_type = "application/json"; }},
  {{ extension = ".png"; mime_type = "image/png"; }},
  {{ extension = ".woff"; mime_type = "font/woff"; }},
  {{ extension = ".woff2"; mime_type = "font/woff2"; }},
  {{ extension = ".ico"; mime_type = "image/x-icon"; }}
)
log_mode="file"
log_level="INFO"
log_file="{folder}/glewlwyd.log"
cookie_secure=0
cookie_same_site="lax"
session_expiration=2419200
session_key="GLEWLWYD2_SESSION_ID"
admin_session_authentication="cookie"
profile_session_authentication="cookie"
admin_scope="g_admin"
profile_scope="g_profile"
user_module_path="/usr/lib/glewlwyd/user"
client_module_path="/usr/lib/glewlwyd/client"
user_auth_scheme_module_path="/usr/lib/glewlwyd/scheme"
plugin_module_path="/usr/lib/glewlwyd/plugin"
hash_algorithm="SHA512"
database =
{{
  type = "sqlite3"
  path = "{folder}/glewlwyd.db"
}};
""")


def create_database(folder):
    if os.path.exists(SQL):
        with gzip.open(SQL, "rt") as file:
            text = file.read()
    else:
        with open(SQL_OF_DBCONFIG) as file:
            text = file.read()
    database = sqlite3.connect(f"{folder}/glewlwyd.db")
    # Nothing here outlives the process; without this every one of the many commits waits for the disk.
    database.execute("PRAGMA journal_mode = WAL")
    database.executescript(text)
    database.commit()
    database.close()


class Administration:
    def __init__(self, base):
        self.base = base
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def __call__(self, method, path, body=None):
        request = urllib.request.Request(
            self.base + path, method=method, data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"})
        try:
            with self.opener.open(request, timeout=10) as answer:
                text = answer.read()
                return json.loads(text) if text else None
        except urllib.error.HTTPError as error:
            raise SystemExit(f"{method} {path}: {error.code} {error.read().decode()}")

    def wait(self, seconds=20):
        end = time.monotonic() + seconds
        while True:
            try:
                self.opener.open(self.base + "/config", timeout=2).read()
                return
            except OSError:
                if time.monotonic() > end:
                    raise SystemExit("Glewlwyd does not answer")
                time.sleep(0.05)


def provision(folder, port, url, client_id, client_secret, redirect_uri, logout_uri, people):
    api = Administration(f"http://127.0.0.1:{port}")
    api.wait()
    api.base += "/api"
    api("POST", "/auth/", {"username": "admin", "password": "password"})

    # What a person or a client can have beside the fixed properties is listed in the parameters of the module that keeps them.
    module = api("GET", "/mod/user/database")
    module["parameters"]["data-format"]["email_verified"] = {
        "multiple": False, "read": True, "write": True, "profile-read": True, "profile-write": False}
    api("PUT", "/mod/user/database", module)
    api("PUT", "/mod/user/database/reset")

    for name in SCOPES:
        scope = {
            "name": name, "display_name": name, "description": name, "password_required": True, "password_max_age": 0,
            "scheme": {}, "scheme_required": {}}
        if name == "openid":  # The database comes with it, as one for which nobody need type a password.
            api("PUT", f"/scope/{name}", scope)
        else:
            api("POST", "/scope/", scope)

    for name, password, email in people:
        api("POST", "/user/", {
            "username": name, "password": password, "name": f"{name.title()} Example", "email": email,
            "email_verified": "true", "scope": SCOPES, "enabled": True})

    api("POST", "/client/", {
        "client_id": client_id, "name": client_id, "confidential": True, "client_secret": client_secret,
        "token_endpoint_auth_method": ["client_secret_basic", "client_secret_post"],
        "redirect_uri": [redirect_uri], "authorization_type": ["code", "refresh_token"],
        # The module takes one value here, and a string for what is true or false.
        "backchannel_logout_uri": logout_uri, "backchannel_logout_session_required": "true",
        "scope": [], "enabled": True})

    def made(*command):
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout

    made("openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", f"{folder}/key.pem")
    with open(f"{folder}/key.pem") as file:
        key = file.read()
    # Last: whoever waits for the discovery document finds everything else there.
    api("POST", "/mod/plugin/", {
        "module": "oidc", "name": "oidc", "display_name": "OpenID", "enabled": True,
        "parameters": {
            "iss": f"{url}/api/oidc",
            "jwt-type": "rsa", "jwt-key-size": "256", "key": key,
            "cert": made("openssl", "pkey", "-in", f"{folder}/key.pem", "-pubout"), "jwks-show": True,
            "access-token-duration": 3600, "refresh-token-duration": 1209600, "code-duration": 600,
            "refresh-token-rolling": True, "refresh-token-one-use": "always",
            "allow-non-oidc": False,
            "auth-type-code-enabled": True, "auth-type-code-revoke-replayed": True, "auth-type-token-enabled": False,
            "auth-type-id-token-enabled": True, "auth-type-none-enabled": False, "auth-type-password-enabled": False,
            "auth-type-client-enabled": False, "auth-type-device-enabled": False, "auth-type-refresh-enabled": True,
            "request-parameter-allow": False,
            "subject-type": "public",
            "allowed-scope": SCOPES,
            "name-claim": "on-demand", "name-claim-scope": ["profile"],
            "email-claim": "on-demand", "email-claim-scope": ["email"],
            "scope-claim": "no", "scope-claim-scope": [],
            "address-claim": {"type": "no"},
            "claims": [{
                "name": "email_verified", "user-property": "email_verified", "type": "boolean",
                "boolean-value-true": "true", "boolean-value-false": "false", "mandatory": False, "on-demand": True,
                "scope": ["email"]}],
            "pkce-allowed": True, "pkce-method-plain-allowed": False, "pkce-required": False, "pkce-scopes": [],
            "introspection-revocation-allowed": True, "introspection-revocation-auth-scope": [],
            "introspection-revocation-allow-target-client": True,
            "session-management-allowed": True, "session-cookie-name": "GLEWLWYD2_OIDC_SID",
            "session-cookie-expiration": 2419200,
            "front-channel-logout-allowed": True, "back-channel-logout-allowed": True,
            "oauth-as-iss-id": True,
        }})


def main():
    folder, port, client_id, client_secret, redirect_uri, logout_uri = sys.argv[1:7]
    people = [person.split(":") for person in sys.argv[7:]]
    folder = os.path.abspath(folder)
    url = os.environ["GLEWLWYD_URL"]
    os.makedirs(folder, exist_ok=True)
    os.chmod(folder, 0o700)
    write_configuration(folder, port, url)
    create_database(folder)
    server = os.getpid()
    if os.fork() == 0:
        if os.fork():  # Glewlwyd waits for no children.
            os._exit(0)
        try:
            provision(folder, port, url, client_id, client_secret, redirect_uri, logout_uri, people)
            print("ready", flush=True)
            os._exit(0)
        except BaseException as error:
            print(error, file=sys.stderr, flush=True)
            os.kill(server, signal.SIGTERM)
            os._exit(1)
    os.wait()
    os.execv("/usr/bin/glewlwyd", ["glewlwyd", "--config-file", f"{folder}/glewlwyd.conf"])


main()
