"""A messaging process: follows conv's events, writes one SMS to each candidate, and completes the conversation.

  CONV_URL=http://127.0.0.1:3000 CONV_TOKEN=conv_... SMS_URL=http://127.0.0.1:3001 python3 examples/downstream/downstream.py [FOLDER]

Needs Python 3.9 or later and nothing else. It does the same as downstream.mjs.
The token needs the scopes conversations:read, conversations:write and candidates:read. FOLDER holds the cursor.
It can be killed at any point. It may then repeat what it did for one event: the gateway sends no message twice under the same
idempotency key, and a conversation that has a status already stays as it is.
"""

import http.client
import json
import os
import random
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

CONV_URL = os.environ.get("CONV_URL", "http://127.0.0.1:3000")
SMS_URL = os.environ.get("SMS_URL", "http://127.0.0.1:3001")
AUTHORIZATION = {"Authorization": "Bearer " + os.environ.get("CONV_TOKEN", "")}
FOLDER = sys.argv[1] if len(sys.argv) > 1 else "downstream-state"
CURSOR_FILE = os.path.join(FOLDER, "cursor")
WAIT_SECONDS = 20
TIMEOUT_SECONDS = WAIT_SECONDS + 10


def send(method, url, headers, body=None):
    """Sends one request and returns the JSON of the answer."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json", **headers}
    request = urllib.request.Request(url, data, headers, method=method)
    with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:
        return json.load(response)


def is_temporary(error):
    """Returns whether a later attempt can succeed: no answer came, or one that says so."""
    if not isinstance(error, urllib.error.HTTPError):
        return True
    return error.code >= 500 or error.code in (408, 429)


def pause_after(error, attempts):
    """Returns how many seconds to wait: Retry-After, or twice as long each time; a random part keeps many clients apart."""
    retry_after = error.headers.get("Retry-After", "") if isinstance(error, urllib.error.HTTPError) else ""
    if retry_after.isdigit():
        return int(retry_after) + random.uniform(0.2, 0.5)
    return min(0.5 * 2 ** min(attempts, 10), 10) * random.uniform(0.5, 1)


def describe(error):
    """Returns the error in one line; conv explains each one in the body."""
    if not isinstance(error, urllib.error.HTTPError):
        return str(error)
    try:
        return "{} {}".format(error, error.read().decode(errors="replace"))
    except (OSError, http.client.HTTPException):
        return str(error)  # The server ended in the middle of its explanation.


def call(method, url, headers, body=None):
    """Sends a request until it succeeds. Ends the process for an answer that an attempt cannot change."""
    attempts = 0
    while True:
        try:
            return send(method, url, headers, body)
        except (OSError, http.client.HTTPException, ValueError) as error:
            text = "{} {}: {}".format(method, url, describe(error))
            if not is_temporary(error):
                sys.exit(text)
            pause = pause_after(error, attempts)
            print("{}; next attempt in {:.1f} s".format(text, pause), file=sys.stderr, flush=True)
            time.sleep(pause)
            attempts += 1


def call_conv(method, path, body=None):
    return call(method, CONV_URL + path, AUTHORIZATION, body)


def greet(conversation_id):
    path = "/conversations/" + conversation_id
    conversation = call_conv("GET", path + "?include=candidate")
    candidate = conversation["candidate"]
    if conversation["status"] == "COMPLETED":
        return  # Killed before the cursor was saved.
    if candidate is None:
        print("conversation {}: the candidate was erased, skipped".format(conversation_id), flush=True)
        return
    text = "Hello {}, thank you for your application!".format(candidate["first_name"])
    message = {"to": candidate["phone_number"], "text": text}
    call("POST", SMS_URL + "/messages", {"Idempotency-Key": conversation_id}, message)
    for status in ("ONGOING", "COMPLETED"):
        call_conv("PATCH", path, {"status": status})
    print("conversation {}: greeted and completed".format(conversation_id), flush=True)


def load_cursor():
    """Returns the cursor saved last, or None to begin with the oldest event."""
    if not os.path.exists(CURSOR_FILE):
        return None
    with open(CURSOR_FILE, encoding="utf-8") as file:
        return file.read()


def save_cursor(cursor):
    with open(CURSOR_FILE + ".new", "w", encoding="utf-8") as file:
        file.write(cursor)
    os.replace(CURSOR_FILE + ".new", CURSOR_FILE)  # completely or not at all


def read_events(cursor):
    """Returns the next page; waits for an event if there is none yet."""
    query = {"type": "conversation.created", "wait": WAIT_SECONDS, "limit": 200}
    if cursor is not None:
        query["after"] = cursor
    return call_conv("GET", "/events?" + urllib.parse.urlencode(query))


def main():
    os.makedirs(FOLDER, exist_ok=True)
    cursor = load_cursor()
    while True:
        page = read_events(cursor)
        for event in page["data"]:
            greet(event["data"]["id"])
            save_cursor(event["id"])
        if page["next_cursor"] not in (None, cursor):
            cursor = page["next_cursor"]
            save_cursor(cursor)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
