"""A real OpenID provider for the demo and the tests: Canaille, in memory, with two people, whose clock a test can move.

provider.py PORT PUBLIC_HOST REDIRECT_URI   (PUBLIC_HOST: id.localhost:8443)
"""

import sys
import time

import time_machine
from canaille import create_app
from canaille.app import models
from canaille.backends import Backend
from joserfc.jwk import RSAKey
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

port, public_host, redirect_uri = int(sys.argv[1]), sys.argv[2], sys.argv[3]
key = RSAKey.generate_key(2048, {"kid": "first", "use": "sig", "alg": "RS256"})
app = create_app(
    {
        "SECRET_KEY": "s" * 40,
        "SERVER_NAME": public_host,
        "PREFERRED_URL_SCHEME": "https",
        "CANAILLE": {"DATABASE": "memory", "LOGGING": {"version": 1}},
        "CANAILLE_OIDC": {"ACTIVE_JWKS": [key.as_dict(private=True)], "TRUSTED_DOMAINS": [".localhost"]},
    }
)
with app.app_context():
    backend = Backend.instance
    for name in ("ann", "bob"):
        backend.save(
            models.User(
                user_name=name,
                given_name=name.title(),
                family_name="Example",
                formatted_name=f"{name.title()} Example",
                emails=[f"{name}@example.com"],
                password="correct horse",
            )
        )
    client = models.Client(
        client_id="postern",
        client_name="Postern",
        client_uri="https://login.localhost",
        client_secret="secret",
        redirect_uris=[redirect_uri],
        post_logout_redirect_uris=[redirect_uri.split("/callback/")[0] + "/signed-out"],
        grant_types=["authorization_code", "refresh_token"],
        response_types=["code"],
        scope=["openid", "email", "profile", "groups"],
        token_endpoint_auth_method="client_secret_basic",
    )
    backend.save(client)
    client.audience = [client]
    backend.save(client)

traveller = None


def move_clock(seconds):
    global traveller
    if traveller:
        traveller.stop()
    traveller = time_machine.travel(time.time() + seconds, tick=True)
    traveller.start()


def with_test_controls(inner):
    """`/_test/clock?seconds=N` sets the clock N seconds ahead of the machine's; `/_test/lock?user=NAME` locks an account."""

    def application(environ, start_response):
        request = Request(environ)
        if request.path == "/_test/clock":
            move_clock(float(request.args["seconds"]))
            return Response("ok")(environ, start_response)
        if request.path == "/_test/lock":
            with app.app_context():
                import datetime

                user = Backend.instance.get(models.User, user_name=request.args["user"])
                user.lock_date = datetime.datetime.now(datetime.timezone.utc)
                Backend.instance.save(user)
            return Response("ok")(environ, start_response)
        return inner(environ, start_response)

    return application


app.wsgi_app = with_test_controls(ProxyFix(app.wsgi_app, x_proto=1, x_host=0))
make_server("127.0.0.1", port, app, threaded=True).serve_forever()
