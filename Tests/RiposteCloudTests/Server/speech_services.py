"""A stand-in for Google's speech services on loopback, made of Google's own message classes.

Words are sounds of their own here: half a second of a level that only that word has (see `SpokenLevels` in the tests). So
what is recognised comes from the bytes that arrive, and a word that is lost or sent twice is seen.

    python speech_services.py LOG [SCRIPT]     prints {"port": …, "http": …, "proxy": …} and serves until it is killed

SCRIPT is JSON, all of it optional:
  text         what every utterance says, instead
  words        words of a final result (default 4; 0: final only at the end of the stream)
  limit        seconds of sound after which a stream is ended with OUT_OF_RANGE
  fail_at      for each call in turn, bytes of sound after which it is ended with UNAVAILABLE; null: not at all
  cut_at       for each connection of the proxy in turn, bytes from the client after which it is closed
  stall_at     for each connection of the proxy in turn, bytes from the client after which nothing comes through
  delay        seconds before an answer, and between pieces of sound
  token, key   what has to be shown; else UNAUTHENTICATED
  public_key   a PEM file; tokens are given over HTTP to who signs with its private key
  expires      seconds that a token lasts (default 3600)
  certificate, private_key   PEM files, for TLS
  confidence   of every word (default 0.9)
LOG gets a line of JSON for each call, when it is over, and for each token.
"""

import array, base64, concurrent.futures, hashlib, http.server, io, json, socket, sys, threading, time, wave

import grpc
from google.cloud.speech_v1.types import cloud_speech as speech
from google.cloud.texttospeech_v1.types import cloud_tts as voice
from google.protobuf.json_format import MessageToDict
from google.protobuf.duration_pb2 import Duration

script = json.loads(sys.argv[2]) if len(sys.argv) > 2 else {}
log_file, log_lock = open(sys.argv[1], "a", buffering=1), threading.Lock()
RATE = 16000
tokens = [script["token"]] if script.get("token") else []


def log(**entry):
    with log_lock:
        log_file.write(json.dumps(entry) + "\n")


def shown(context):
    metadata = dict(context.invocation_metadata())
    return metadata.get("authorization", ""), metadata.get("x-goog-api-key", "")


def admit(context):
    authorization, key = shown(context)
    if script.get("key") and key != script["key"]:
        context.abort(grpc.StatusCode.UNAUTHENTICATED, "API key not valid.")
    if (script.get("token") or script.get("public_key")) and authorization not in [f"Bearer {t}" for t in tokens]:
        context.abort(grpc.StatusCode.UNAUTHENTICATED, "Request had invalid authentication credentials.")


class Ear:
    """Hears words: runs of a level. Level n/50 is word n."""

    def __init__(self):
        self.level, self.length, self.words, self.position = 0, 0, [], 0

    def hear(self, data):
        samples = array.array("h", data)
        for sample in samples:
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


class Parrot(Ear):
    """Hears the script's text in every sound."""

    def hear(self, data):
        self.position += len(data) // 2
        self.length = self.length or any(data)

    def end(self):
        if self.length:
            self.words = [(word, 0, self.position / RATE) for word in script["text"].split()]


def ear():
    return Parrot() if script.get("text") else Ear()


def seconds(value):
    return Duration(seconds=int(value), nanos=int(value % 1 * 1e9))


def alternatives(config, words):
    confidence = script.get("confidence", 0.9)
    infos = [
        {"word": w, "start_time": seconds(a), "end_time": seconds(b), "confidence": confidence}
        for w, a, b in words if config.enable_word_time_offsets
    ]
    text = " ".join(w for w, _, _ in words)
    return [
        {"transcript": text + (" again" * n), "confidence": confidence if n == 0 else 0, "words": infos}
        for n in range(max(1, config.max_alternatives))
    ]


class Speech:
    calls = 0

    def streaming_recognize(self, requests, context):
        admit(context)
        number, Speech.calls = Speech.calls, Speech.calls + 1
        fails = script.get("fail_at", [])
        fail_at = fails[number] if number < len(fails) else None
        heard, digest, bytes_, chunks, told = ear(), hashlib.sha256(), 0, [], 0
        outcome, config = "ended", None
        try:
            for request in requests:
                if config is None:
                    if not request.streaming_config or request.audio_content:
                        context.abort(grpc.StatusCode.INVALID_ARGUMENT, "The first message has to be the config alone.")
                    config = request.streaming_config
                    continue
                chunks.append(len(request.audio_content))
                if chunks[-1] > 25600:
                    context.abort(grpc.StatusCode.INVALID_ARGUMENT, "Audio chunk is too long.")
                content = request.audio_content
                if fail_at is not None and bytes_ + len(content) > fail_at:
                    outcome = "failed"
                    context.abort(grpc.StatusCode.UNAVAILABLE, "The script ends the stream here.")
                digest.update(content)
                bytes_ += len(content)
                if script.get("limit") and bytes_ / 2 / RATE > script["limit"]:
                    outcome = "limit"
                    context.abort(grpc.StatusCode.OUT_OF_RANGE, "Exceeded maximum allowed stream duration of 305 seconds.")
                heard.hear(content)
                time.sleep(script.get("delay", 0))
                final = script.get("words", 4)
                while final and len(heard.words) - told >= final:
                    part = heard.words[told:told + final]
                    told += final
                    yield speech.StreamingRecognizeResponse(results=[{
                        "alternatives": alternatives(config.config, part), "is_final": True,
                        "result_end_time": seconds(part[-1][2]), "language_code": config.config.language_code.lower()}])
                    if config.single_utterance:
                        yield speech.StreamingRecognizeResponse(speech_event_type="END_OF_SINGLE_UTTERANCE")
                        for _ in requests:
                            pass
                        return
                rest = heard.words[told:]
                if rest and config.interim_results:
                    yield speech.StreamingRecognizeResponse(results=[{
                        "alternatives": alternatives(config.config, rest), "stability": 0.5,
                        "result_end_time": seconds(heard.position / RATE)}])
            heard.end()
            rest = heard.words[told:]
            if rest:
                time.sleep(script.get("delay", 0))
                yield speech.StreamingRecognizeResponse(results=[{
                    "alternatives": alternatives(config.config, rest), "is_final": True,
                    "result_end_time": seconds(heard.position / RATE), "language_code": config.config.language_code.lower()}])
        except GeneratorExit:
            outcome = "left"
            raise
        except grpc.RpcError:
            outcome = "left"
        finally:
            log(call="StreamingRecognize", outcome=outcome, bytes=bytes_, sha256=digest.hexdigest(),
                chunk=max(chunks, default=0), words=[w for w, _, _ in heard.words],
                config=MessageToDict(speech.StreamingRecognitionConfig.pb(config)) if config else None,
                authorization=shown(context)[0], key=shown(context)[1])

    def recognize(self, request, context):
        admit(context)
        heard = ear()
        heard.hear(request.audio.content)
        heard.end()
        log(call="Recognize", outcome="ended", bytes=len(request.audio.content),
            sha256=hashlib.sha256(request.audio.content).hexdigest(), words=[w for w, _, _ in heard.words],
            config=MessageToDict(speech.RecognitionConfig.pb(request.config)))
        time.sleep(script.get("delay", 0))
        if not heard.words:
            return speech.RecognizeResponse()
        return speech.RecognizeResponse(results=[{
            "alternatives": alternatives(request.config, heard.words), "result_end_time": seconds(heard.position / RATE)}])


def tone(words, rate):
    """A tenth of a second of sound for each word."""
    return array.array("h", [8000 if n // 60 % 2 else -8000 for n in range(words * rate // 10)])


class Voice:
    def list_voices(self, request, context):
        admit(context)
        voices = [
            {"language_codes": ["en-US"], "name": "en-US-Chirp3-HD-Aoede", "ssml_gender": "FEMALE", "natural_sample_rate_hertz": 24000},
            {"language_codes": ["de-DE"], "name": "de-DE-Wavenet-B", "ssml_gender": "MALE", "natural_sample_rate_hertz": 24000},
        ]
        return voice.ListVoicesResponse(
            voices=[v for v in voices if not request.language_code or v["language_codes"][0] == request.language_code])

    def synthesize_speech(self, request, context):
        admit(context)
        log(call="SynthesizeSpeech", request=MessageToDict(voice.SynthesizeSpeechRequest.pb(request)))
        time.sleep(script.get("delay", 0))
        if request.input.ssml and not request.input.ssml.startswith("<speak"):
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "Invalid SSML.")
        if request.audio_config.pitch and "Chirp" in request.voice.name:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "This voice does not support pitch parameters at this time.")
        rate, out = request.audio_config.sample_rate_hertz, io.BytesIO()
        with wave.open(out, "wb") as file:
            file.setnchannels(1), file.setsampwidth(2), file.setframerate(rate)
            file.writeframes(tone(len((request.input.text or request.input.ssml).split()), rate).tobytes())
        return voice.SynthesizeSpeechResponse(audio_content=out.getvalue())

    def streaming_synthesize(self, requests, context):
        admit(context)
        config, texts, first, sent = None, [], None, 0
        fails = script.get("voice_fail_at")
        try:
            for request in requests:
                if config is None:
                    config = request.streaming_config
                    continue
                texts.append(request.input.text)
                rate = config.streaming_audio_config.sample_rate_hertz
                data = tone(len(request.input.text.split()), rate).tobytes()
                # Odd lengths, so that samples are cut in two.
                for start in range(0, len(data), 4801):
                    time.sleep(script.get("delay", 0))
                    if fails is not None and sent >= fails:
                        context.abort(grpc.StatusCode.UNAVAILABLE, "The script ends the stream here.")
                    first = first or time.time()
                    sent += len(data[start:start + 4801])
                    yield voice.StreamingSynthesizeResponse(audio_content=data[start:start + 4801])
        finally:
            log(call="StreamingSynthesize", texts=texts, first=first, bytes=sent,
                config=MessageToDict(voice.StreamingSynthesizeConfig.pb(config)) if config else None)


def handlers():
    listening, mouth = Speech(), Voice()

    def method(kind, function, request, answer):
        return kind(function, request_deserializer=request.deserialize, response_serializer=answer.serialize)

    unary, stream = grpc.unary_unary_rpc_method_handler, grpc.stream_stream_rpc_method_handler
    return (
        grpc.method_handlers_generic_handler("google.cloud.speech.v1.Speech", {
            "Recognize": method(unary, listening.recognize, speech.RecognizeRequest, speech.RecognizeResponse),
            "StreamingRecognize": method(
                stream, listening.streaming_recognize, speech.StreamingRecognizeRequest, speech.StreamingRecognizeResponse)}),
        grpc.method_handlers_generic_handler("google.cloud.texttospeech.v1.TextToSpeech", {
            "ListVoices": method(unary, mouth.list_voices, voice.ListVoicesRequest, voice.ListVoicesResponse),
            "SynthesizeSpeech": method(
                unary, mouth.synthesize_speech, voice.SynthesizeSpeechRequest, voice.SynthesizeSpeechResponse),
            "StreamingSynthesize": method(
                stream, mouth.streaming_synthesize, voice.StreamingSynthesizeRequest, voice.StreamingSynthesizeResponse)}))


class Tokens(http.server.BaseHTTPRequestHandler):
    """The token endpoint of a service account, and a metadata server."""

    def log_message(self, *_):
        pass

    def answer(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def give(self, **entry):
        tokens.append(f"ya29.token-{len(tokens)}")
        log(token=tokens[-1], **entry)
        self.answer(200, {"access_token": tokens[-1], "expires_in": script.get("expires", 3600), "token_type": "Bearer"})

    def do_GET(self):
        if self.path != "/computeMetadata/v1/instance/service-accounts/default/token":
            return self.answer(404, {})
        if self.headers.get("Metadata-Flavor") != "Google":
            return self.answer(403, {})
        self.give(by="metadata")

    def do_POST(self):
        import urllib.parse
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import padding
        form = urllib.parse.parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        signed, signature = form["assertion"][0].rsplit(".", 1)
        decode = lambda text: base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        key = serialization.load_pem_public_key(open(script["public_key"], "rb").read())
        header, claims = [json.loads(decode(part)) for part in signed.split(".")]
        try:
            key.verify(decode(signature), signed.encode(), padding.PKCS1v15(), hashes.SHA256())
            assert form["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
            assert header["alg"] == "RS256" and claims["exp"] - claims["iat"] <= 3600
            assert abs(claims["iat"] - time.time()) < 300
            assert claims["scope"] == "https://www.googleapis.com/auth/cloud-platform"
        except (InvalidSignature, AssertionError):
            return self.answer(400, {"error": "invalid_grant", "error_description": "Invalid JWT Signature."})
        self.give(by=claims["iss"], audience=claims["aud"], kid=header.get("kid"))


def proxy(port):
    """Passes bytes on; closes each connection, or swallows the rest, after as many bytes as the script says."""
    listener = socket.create_server(("127.0.0.1", 0))
    cuts, stalls = list(script.get("cut_at", [])), list(script.get("stall_at", []))

    def pump(source, target, limit, stall=None):
        count = 0
        try:
            while data := source.recv(4096):
                count += len(data)
                if limit is not None and count > limit:
                    break
                if stall is None or count <= stall:
                    target.sendall(data)
        except OSError:
            pass
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def serve():
        while True:
            client, _ = listener.accept()
            server = socket.create_connection(("127.0.0.1", port))
            limit, stall = (values.pop(0) if values else None for values in (cuts, stalls))
            threading.Thread(target=pump, args=(client, server, limit, stall), daemon=True).start()
            threading.Thread(target=pump, args=(server, client, None), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    return listener.getsockname()[1]


server = grpc.server(concurrent.futures.ThreadPoolExecutor(16))
server.add_generic_rpc_handlers(handlers())
if script.get("certificate"):
    pair = (open(script["private_key"], "rb").read(), open(script["certificate"], "rb").read())
    port = server.add_secure_port("localhost:0", grpc.ssl_server_credentials([pair]))
else:
    port = server.add_insecure_port("127.0.0.1:0")
server.start()
web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Tokens)
print(json.dumps({"port": port, "http": web.server_address[1], "proxy": proxy(port)}), flush=True)
web.serve_forever()
