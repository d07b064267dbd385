"""A node that recognises and speaks by Wyoming, made of the protocol's reference implementation.

Words are sounds of their own here: half a second of a level that only that word has (see `SpokenLevels` in the tests). So
what is recognised comes from the bytes that arrive, and a word that is lost or sent twice is seen.

    python wyoming_node.py LOG [SCRIPT]     prints {"port": …} and serves until it is killed

SCRIPT is JSON, all of it optional:
  die_at        bytes of sound, of all that is heard, after which the node ends as if the power were cut
  die_speaking  the same of the sound that it makes
  delay         seconds before a transcript
  silent        whether it never says a transcript
  text          what every utterance says, instead
  rate          of the voice, in hertz (default 22050)
LOG gets a line of JSON for each event but the chunks of sound, and for each transcript and text.
"""

import array, asyncio, hashlib, json, os, socket, sys

from wyoming.asr import Transcribe, Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.event import Event
from wyoming.info import AsrModel, AsrProgram, Attribution, Describe, Info, TtsProgram, TtsVoice
from wyoming.server import AsyncEventHandler, AsyncTcpServer
from wyoming.tts import Synthesize

script = json.loads(sys.argv[2]) if len(sys.argv) > 2 else {}
log_file = open(sys.argv[1], "a", buffering=1)
RATE = 16000
heard_bytes = 0
spoken_bytes = 0


def log(**entry):
    log_file.write(json.dumps(entry) + "\n")


def words(data):
    """Runs of a level. Level n/50 is word n."""
    found, level, length = [], 0, 0
    for sample in list(array.array("h", data)) + [0]:
        now = round(abs(sample) / 32767 * 50)
        if now != level:
            if level and length >= RATE // 10:
                found.append(f"word{level}")
            level, length = now, 0
        length += 1
    return found


maker = Attribution(name="Riposte's tests", url="")
described = Info(
    asr=[AsrProgram(name="levels", attribution=maker, installed=True, description="", version="1",
                    models=[AsrModel(name="levels", attribution=maker, installed=True, description="", version="1",
                                     languages=["en", "de"])])],
    tts=[TtsProgram(name="tone", attribution=maker, installed=True, description="", version="1",
                    voices=[TtsVoice(name=name, attribution=maker, installed=True, description="", version="1",
                                     languages=[language]) for name, language in [("low", "en_US"), ("high", "de_DE")]])])


class Handler(AsyncEventHandler):
    def __init__(self, *args):
        super().__init__(*args)
        self.sound, self.request = bytearray(), None

    async def handle_event(self, event):
        global heard_bytes
        if AudioChunk.is_type(event.type):
            self.sound += AudioChunk.from_event(event).audio
            heard_bytes += len(event.payload)
            if script.get("die_at") is not None and heard_bytes >= script["die_at"]:
                log(died=heard_bytes)
                os._exit(1)
            return True
        log(event=event.type, data=event.data)
        if Describe.is_type(event.type):
            await self.write_event(described.event())
        elif Transcribe.is_type(event.type):
            self.request = Transcribe.from_event(event)
        elif AudioStart.is_type(event.type):
            start = AudioStart.from_event(event)
            assert (start.rate, start.width, start.channels) == (RATE, 2, 1)
            self.sound = bytearray()
        elif AudioStop.is_type(event.type) and not script.get("silent"):
            await asyncio.sleep(script.get("delay", 0))
            text = script.get("text") or " ".join(words(bytes(self.sound)))
            log(transcript=text, sha256=hashlib.sha256(self.sound).hexdigest())
            await self.write_event(Transcript(text=text, language=self.request and self.request.language).event())
        elif Synthesize.is_type(event.type):
            await self.speak(Synthesize.from_event(event))
        return True

    async def speak(self, request):
        global spoken_bytes
        name = request.voice and request.voice.name
        if name not in (None, "low", "high"):
            await self.write_event(Event("error", {"text": f"no voice {name}", "code": "voice"}))
            return
        log(text=request.text, voice=name)
        rate = script.get("rate", 22050)
        await self.write_event(AudioStart(rate, 2, 1).event())
        count = len(request.text.split()) * rate // 10
        data = array.array("h", [8000 if n // 60 % 2 else -8000 for n in range(count)]).tobytes()
        # Odd lengths, so that samples are cut in two.
        for start in range(0, len(data), 2001):
            if script.get("die_speaking") is not None and spoken_bytes >= script["die_speaking"]:
                await self.writer.drain()
                await asyncio.sleep(0.1)
                os._exit(1)
            piece = data[start:start + 2001]
            spoken_bytes += len(piece)
            await self.write_event(AudioChunk(rate, 2, 1, piece).event())
        await self.write_event(AudioStop().event())


async def main():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = AsyncTcpServer("127.0.0.1", port)
    await server.start(Handler)
    print(json.dumps({"port": port}), flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
