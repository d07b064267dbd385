"""A stand-in for Deepgram's streaming recogniser on loopback, made of the package `websockets`.

Words are sounds of their own here: half a second of a level that only that word has (see `SpokenLevels` in the tests). So
what is recognised comes from the bytes that arrive, and a word that is lost or sent twice is seen.

    python deepgram_service.py LOG [SCRIPT]     prints {"port": …} and serves until it is killed

SCRIPT is JSON, all of it optional:
  words        words of a final result (default 4)
  key          what has to be shown; else 401
  settles      whether "Finalize" is answered (default true)
  settling     seconds until "Finalize" is answered (default 0)
  idle         seconds without sound or "KeepAlive" after which a stream is ended with the code 1011
  fail_at      for each stream in turn, bytes of sound after which the connection is cut; null: not at all
  silent       whether nothing is ever said
  mute         whether connections are accepted and nothing is answered, not even that there is a WebSocket
LOG gets a line of JSON for each stream, when it is over, and for each message of text.
"""

import array, asyncio, hashlib, http, json, sys, urllib.parse

from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed

script = json.loads(sys.argv[2]) if len(sys.argv) > 2 else {}
log_file = open(sys.argv[1], "a", buffering=1)
RATE = 16000
streams = 0


def log(**entry):
    log_file.write(json.dumps(entry) + "\n")


class Ear:
    """Hears words: runs of a level. Level n/50 is word n."""

    def __init__(self):
        self.level, self.length, self.words, self.position = 0, 0, [], 0

    def hear(self, data):
        for sample in array.array("h", data):
            level = round(abs(sample) / 32767 * 50)
            if level != self.level:
                self.end()
                self.level, self.length = level, 0
            self.length += 1
            self.position += 1

    def end(self):
        if self.level and self.length >= RATE // 10:
            self.words.append((f"word{self.level}", (self.position - self.length) / RATE, self.position / RATE))
        self.level, self.length = 0, 0


async def admit(connection, request):
    if script.get("mute"):
        await asyncio.sleep(3600)
    if script.get("key") and request.headers.get("Authorization") != f"Token {script['key']}":
        return connection.respond(http.HTTPStatus.UNAUTHORIZED, '{"err_code": "INVALID_AUTH"}')


async def listen(connection):
    global streams
    number, streams = streams, streams + 1
    fails = script.get("fail_at", [])
    fail_at = fails[number] if number < len(fails) else None
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(connection.request.path).query)
    ear, digest, count, told, start, outcome = Ear(), hashlib.sha256(), 0, 0, 0.0, "left"

    async def tell(words, end, is_final, from_finalize=False):
        nonlocal start
        if script.get("silent"):
            return
        await connection.send(json.dumps({
            "type": "Results", "channel_index": [0, 1], "start": start, "duration": end - start,
            "is_final": is_final, "speech_final": False, "from_finalize": from_finalize,
            "channel": {"alternatives": [{
                "transcript": " ".join(w for w, _, _ in words), "confidence": 0.9 if words else 0.0,
                "words": [{"word": w, "start": a, "end": b, "confidence": 0.9, "punctuated_word": w}
                          for w, a, b in words]}]},
            "metadata": {"request_id": "1"}}))
        if is_final:
            start = end

    try:
        while True:
            message = await asyncio.wait_for(connection.recv(), script.get("idle"))
            if isinstance(message, bytes):
                count += len(message)
                if fail_at is not None and count > fail_at:
                    outcome = "cut"
                    connection.transport.abort()
                    return
                digest.update(message)
                ear.hear(message)
                while len(ear.words) - told >= script.get("words", 4):
                    part = ear.words[told:told + script.get("words", 4)]
                    told += len(part)
                    await tell(part, part[-1][2], True)
                if len(ear.words) > told:
                    await tell(ear.words[told:], ear.position / RATE, False)
                continue
            kind = json.loads(message)["type"]
            log(message=kind)
            if kind in ("Finalize", "CloseStream"):
                ear.end()
                if kind == "Finalize":
                    await asyncio.sleep(script.get("settling", 0))
                rest, told = ear.words[told:], len(ear.words)
                if kind == "CloseStream" or script.get("settles", True):
                    await tell(rest, ear.position / RATE, True, kind == "Finalize")
                else:
                    told -= len(rest)
            if kind == "CloseStream":
                outcome = "ended"
                await connection.send(json.dumps({"type": "Metadata", "duration": ear.position / RATE}))
                return
    except TimeoutError:
        outcome = "idle"
        await connection.close(1011, "Deepgram did not receive audio data or a text message within the timeout window.")
    except ConnectionClosed:
        pass
    finally:
        log(stream=number, outcome=outcome, bytes=count, sha256=digest.hexdigest(), query=query,
            words=[w for w, _, _ in ear.words])


async def main():
    async with serve(listen, "127.0.0.1", 0, process_request=admit, max_size=None, open_timeout=None) as server:
        print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
        await server.serve_forever()


asyncio.run(main())
