"""The app of the demo: a page that says who the gate says is asking. It listens on the port that it is given."""

import html
import http.server
import sys


class App(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        who = self.headers.get("X-Goog-Authenticated-User-Email", "nobody")
        host = html.escape(self.headers.get("Host", ""))
        rows = "".join(
            f"<tr><th>{html.escape(name)}<td>{html.escape(value)}" for name, value in self.headers.items()
        )
        body = f"""<!doctype html><meta charset=utf-8><title>{host}</title>
<style>body{{font:15px/1.5 system-ui;margin:2rem;max-width:60rem}}table{{border-collapse:collapse;font-size:.8rem}}
th{{text-align:left;padding-right:1rem;vertical-align:top}}td{{word-break:break-all}}</style>
<h1>{host}</h1><p>You are <b>{html.escape(who)}</b>, says the gate.</p>
<p><a href="?gcp-iap-mode=IDENTITY">identity</a> · <a href="?gcp-iap-mode=GCIP_SIGNOUT">sign out</a> ·
<a href="?gcp-iap-mode=CLEAR_LOGIN_COOKIE">clear cookies</a> ·
<a href="https://login.localhost:8443/?mode=signout">sign out everywhere</a></p>
<p><button onclick="fetch('/data').then(r=>out.textContent=r.status+' '+(r.headers.get('x-postern-reason')||''))">fetch</button>
<output id=out></output></p>
<h2>What reached the app</h2><table>{rows}</table>""".encode()
        self.send_response(200)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *_):
        pass


http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), App).serve_forever()
