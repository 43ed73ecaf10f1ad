"""An OAuth client for the tests, by a library that nobody here wrote (Authlib over httpx), told what to do by POST requests with JSON.

oauth.py PORT ISSUER CERTIFICATE CLIENT REDIRECT_URI
"""

import http.server
import json
import socket
import sys

from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
import httpx

port, issuer, certificate, client_id, redirect_uri = int(sys.argv[1]), *sys.argv[2:6]

# Names below `localhost` are this machine (RFC 6761, 6.3); the C library does not know it.
resolve = socket.getaddrinfo
socket.getaddrinfo = lambda host, *rest, **named: resolve(
    "127.0.0.1" if str(host).endswith(".localhost") else host, *rest, **named)


class Tool:
    def __init__(self):
        self.metadata = httpx.get(f"{issuer}/.well-known/oauth-authorization-server", verify=certificate).json()
        self.client = OAuth2Client(
            client_id, redirect_uri=redirect_uri, code_challenge_method="S256", verify=certificate,
            token_endpoint_auth_method="none", token_endpoint=self.metadata["token_endpoint"],
            revocation_endpoint_auth_method="none")
        self.verifier = "a verifier of this test, of at least forty-three letters".replace(" ", "-").replace(",", "")

    def begin(self, command):
        url, self.state = self.client.create_authorization_url(
            self.metadata["authorization_endpoint"], code_verifier=self.verifier, scope=command.get("scope"))
        return {"url": url}

    def finish(self, command):
        return dict(
            self.client.fetch_token(
                self.metadata["token_endpoint"], authorization_response=command["url"], state=self.state,
                code_verifier=self.verifier))

    def refresh(self, command):
        token = command.get("refresh_token") or self.client.token["refresh_token"]
        return dict(self.client.refresh_token(self.metadata["token_endpoint"], refresh_token=token))

    def revoke(self, _):
        answer = self.client.revoke_token(
            self.metadata["revocation_endpoint"], token=self.client.token["refresh_token"],
            token_type_hint="refresh_token")
        return {"status": answer.status_code}

    def device(self, _):
        # Authlib's clients have no call for this endpoint.
        return httpx.post(
            self.metadata["device_authorization_endpoint"], data={"client_id": client_id}, verify=certificate).json()

    def poll(self, command):
        return dict(
            self.client.fetch_token(
                self.metadata["token_endpoint"], grant_type="urn:ietf:params:oauth:grant-type:device_code",
                device_code=command["device_code"]))

    def call(self, command):
        # What the library knows of the token's end is the machine's clock's; the test moves its own.
        token = self.client.token["access_token"]
        answer = httpx.get(command["url"], headers={"Authorization": f"Bearer {token}"}, verify=certificate)
        return {"status": answer.status_code, "text": answer.text}


tool = Tool()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        command = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        try:
            answer = getattr(tool, command["do"])(command)
        except OAuthError as error:
            answer = {"error": error.error, "description": error.description}
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


http.server.HTTPServer(("127.0.0.1", port), Handler).serve_forever()
