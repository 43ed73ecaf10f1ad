#!/usr/bin/env python3
"""A person at Glewlwyd, without a browser: what its login page's JavaScript does, done to its API.

person.py JAR login URL [NAME PASSWORD]   follows an authorization request; prints where Glewlwyd sends the person (not fetched).
                                          Without NAME and PASSWORD the person is whom the jar's session remembers.
person.py JAR logout ISSUER               ends the session as its page of the end of a session does: tells the clients, then signs out.

JAR is the file that keeps the person's cookies. Certificates: SSL_CERT_FILE.
"""

import http.cookiejar
import json
import os
import socket
import sys
import urllib.error
import urllib.parse
import urllib.request

# Names below `localhost` are this machine (RFC 6761, 6.3); the C library does not know it.
resolve = socket.getaddrinfo
socket.getaddrinfo = lambda host, *rest, **named: resolve(
    "127.0.0.1" if str(host).endswith(".localhost") else host, *rest, **named)


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class Person:
    def __init__(self, path):
        self.jar = http.cookiejar.LWPCookieJar(path)
        if os.path.exists(path):
            self.jar.load(ignore_discard=True)
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), NoRedirect, urllib.request.HTTPCookieProcessor(self.jar))

    def __call__(self, method, url, body=None):
        """The answer's status and Location."""
        request = urllib.request.Request(
            url, method=method, data=None if body is None else json.dumps(body).encode(),
            headers={} if body is None else {"Content-Type": "application/json"})
        try:
            answer = self.opener.open(request, timeout=10)
        except urllib.error.HTTPError as error:
            answer = error
        answer.read()
        self.jar.save(ignore_discard=True)
        return answer.status, answer.headers.get("Location")

    def expect(self, status, method, url, body=None):
        got, location = self(method, url, body)
        if got != status:
            raise SystemExit(f"{method} {url}: {got}")
        return location

    def cookie(self, name):
        return next((cookie.value for cookie in self.jar if cookie.name == name), None)

    def login(self, url, name=None, password=None):
        page = self.expect(302, "GET", url)
        if not is_login_page(page):
            return page  # An error, or an answer to `prompt=none`, for the client.
        asked = parameters(page)
        api = urllib.parse.urljoin(page, "api")
        if name is not None:
            self.expect(200, "POST", f"{api}/auth/", {"username": name, "password": password})
        if "callback_url" not in asked:
            return page  # What Glewlwyd says to the person alone.
        scope = asked.get("scope") or "openid"
        client = urllib.parse.quote(asked["client_id"], safe="")
        self.expect(200, "PUT", f"{api}/auth/grant/{client}", {"scope": scope})
        # Without `g_continue` Glewlwyd shows its page each time, even to whom it knows.
        return self.expect(302, "GET", asked["callback_url"] + "&g_continue")

    def logout(self, issuer):
        session = self.cookie("GLEWLWYD2_OIDC_SID")
        self.expect(200, "DELETE", f"{issuer}/session/{urllib.parse.quote(session)}")
        self.expect(200, "DELETE", urllib.parse.urljoin(issuer, "/api/auth/"))


def parameters(url):
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query, keep_blank_values=True))


def is_login_page(url):
    return urllib.parse.urlsplit(url).path == "/login.html"


def main():
    person = Person(sys.argv[1])
    print(getattr(person, sys.argv[2])(*sys.argv[3:]) or "done")


main()
