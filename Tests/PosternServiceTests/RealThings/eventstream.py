"""An app with event streams and its client for the tests.

eventstream.py serve PORT                              an app: /events streams; /quiet says one event and then waits; /count how many wait;
                                                       /plain answers at once and keeps its connection; /large has five million bytes; /broken
                                                       ends in the middle; /silent ends before it has begun
eventstream.py listen PORT HOST METHOD PATH COOKIE BYTES  a client: says what it hears, a line each, until the answer ends
"""

import http.client
import http.server
import json
import sys
import time


class App(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def handle_request(self):
        length = self.headers.get("Content-Length")
        body = self.rfile.read(int(length)) if length else self.chunks()
        told = {"path": self.path, "method": self.command, "body": len(body),
                "headers": {name.lower(): value for name, value in self.headers.items()}}
        getattr(self, self.path.split("?")[0].strip("/"))(json.dumps(told).encode())

    do_GET = do_POST = do_HEAD = handle_request

    def chunks(self):
        body = b""
        while self.headers.get("Transfer-Encoding") == "chunked":
            size = int(self.rfile.readline(), 16)
            body += self.rfile.read(size)
            self.rfile.readline()
            if size == 0:
                break
        return body

    def events(self, told):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        self.close_connection = True
        while True:
            self.wfile.write(b"data: " + told + b"\n\n")
            time.sleep(0.05)

    def quiet(self, told):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        self.wfile.write(b"data: " + told + b"\n\n")
        self.close_connection = True
        App.quiet_count += 1
        self.connection.recv(1)
        App.quiet_count -= 1

    def count(self, _):
        self.plain(json.dumps({"quiet": App.quiet_count}).encode())

    quiet_count = 0

    def plain(self, told):
        self.send_response(200)
        self.send_header("Content-Length", str(len(told)))
        self.send_header("Keep-Alive", "timeout=5")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(told)

    def large(self, told):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        self.close_connection = True
        for _ in range(50):
            self.wfile.write(b"x" * 100_000)

    def broken(self, told):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.close_connection = True
        self.wfile.write(b"5\r\nhello\r\n")

    def silent(self, told):
        self.close_connection = True

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, *_):
        """A client that goes away is what the tests are about."""


def say(**line):
    print(json.dumps(line), flush=True)


def listen(port, host, method, path, cookie, byte_count):
    connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=20)
    headers = {"Host": host, "Accept": "text/event-stream", "Cookie": cookie, "Cache-Control": "no-cache",
               "X-Goog-Authenticated-User-Email": "forged"}
    connection.request(method, path, body="x" * int(byte_count) if int(byte_count) else None, headers=headers)
    answer = connection.getresponse()
    say(status=answer.status, reason=answer.getheader("x-postern-reason"), length=answer.getheader("content-length"))
    byte_count = 0
    try:
        if answer.getheader("content-type") == "text/event-stream" and path != "/large":
            # One event, and nothing more until the end: thousands of lines would say no more.
            say(event=json.loads(answer.readline()[len("data: "):]))
        elif path == "/count":
            say(count=json.loads(answer.read()))
            return
        while part := answer.read1():
            byte_count += len(part)
        say(ended=True, bytes=byte_count)
    except (http.client.IncompleteRead, http.client.HTTPException, ConnectionError) as end:
        say(broken=type(end).__name__)


if sys.argv[1] == "serve":
    Server(("127.0.0.1", int(sys.argv[2])), App).serve_forever()
else:
    listen(*sys.argv[2:8])
