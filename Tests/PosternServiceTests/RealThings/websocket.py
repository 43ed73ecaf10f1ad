"""A WebSocket app and its client for the tests, by a library that nobody here wrote.

websocket.py serve PORT                    an app that answers each message with it, and with the headers that reached it
websocket.py talk PORT HOST ORIGIN COOKIE  a client: says what it hears, a line each, until the connection ends
"""

import json
import socket
import sys

from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect
from websockets.sync.server import serve


def answer(connection):
    headers = {name.lower(): value for name, value in connection.request.headers.raw_items()}
    for message in connection:
        connection.send(json.dumps({"message": message, "path": connection.request.path, "headers": headers}))


def say(**line):
    print(json.dumps(line), flush=True)


def talk(port, host, origin, cookie):
    try:
        with connect(
            f"ws://{host}/live?room=1", sock=socket.create_connection(("127.0.0.1", port)), origin=origin, proxy=None,
            additional_headers={"Cookie": cookie, "X-Goog-Authenticated-User-Email": "forged"},
        ) as connection:
            connection.send("hello")
            say(open=True, heard=json.loads(connection.recv(timeout=10)))
            # Much in one piece: whoever carries it must hold it back.
            connection.send("x" * 500_000)
            say(length=len(json.loads(connection.recv(timeout=10))["message"]))
            connection.recv()
    except InvalidStatus as refusal:
        say(status=refusal.response.status_code, reason=refusal.response.headers.get("x-postern-reason"))
    except ConnectionClosed:
        say(closed=True)


if sys.argv[1] == "serve":
    with serve(answer, "127.0.0.1", int(sys.argv[2])) as server:
        server.serve_forever()
else:
    talk(sys.argv[2], *sys.argv[3:6])
