"""Verifies assertions as Google says apps behind Cloud IAP should, with Google's own library (google-auth), unchanged.

assertion.py PORT AUDIENCE  reads one assertion a line, and says of each, a line of JSON, what it claims, or why it is not believed. The keys
                            are asked for at the login host, through the proxy on PORT.
"""

import json
import sys
import urllib.request

from google.auth.transport import Response
from google.oauth2 import id_token


class Answer(Response):
    def __init__(self, answer):
        self.status, self.headers, self.data = answer.status, answer.headers, answer.read()

    status = headers = data = None


def ask(url, method="GET", **_):
    request = urllib.request.Request(url, method=method, headers={"Host": "login.example.com"})
    return Answer(urllib.request.urlopen(request))


port, audience = sys.argv[1:3]
for line in sys.stdin:
    try:
        claims = id_token.verify_token(
            line.strip(), ask, audience=audience, certs_url=f"http://127.0.0.1:{port}/iap/verify/public_key")
        told = {"email": claims["email"], "sub": claims["sub"], "iss": claims["iss"]}
    except Exception as error:
        told = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(told), flush=True)
