"""Talks with the web page in a headless Chromium whose microphone is a recording.

usage: talk.py SCENE PORT FOLDER QUESTION.wav INTERRUPTION.wav [SCREENSHOTS]

Scenes: "hands-free" asks, interrupts the answer, loses the connection and does it again; "push-to-talk" holds the space
bar, in a browser without Opus; "denied" is not given the microphone; "two-windows" goes on with a conversation in a second
window, and back in the first. Prints one JSON object.
"""

import array
import base64
import json
import pathlib
import shutil
import socket
import sys
import threading
import time
import wave

from playwright.sync_api import sync_playwright

RATE = 16_000
BEFORE = 2.0  # seconds of silence before the question
PAUSE = 2.4  # between a question and what interrupts its answer
PAUSES = 70  # in 10 ms: the longest pause within an answer
BETWEEN = 16.0  # between the two rounds: in it the line is cut and restored

# Records what the microphone gives and what goes to the loudspeaker, on one clock.
TAP = """
(() => {
  const connect = AudioNode.prototype.connect;
  const taps = new Map();
  window.heard = { rate: 0, microphone: [], loudspeaker: [] };
  function tap(context) {
    if (taps.has(context)) return taps.get(context);
    const merger = context.createChannelMerger(2);
    const processor = context.createScriptProcessor(1024, 2, 1);
    window.heard.rate = context.sampleRate;
    processor.onaudioprocess = ({ inputBuffer }) => {
      window.heard.microphone.push(inputBuffer.getChannelData(0).slice());
      window.heard.loudspeaker.push(inputBuffer.getChannelData(1).slice());
    };
    taps.set(context, merger);
    connect.call(merger, processor);
    connect.call(processor, context.destination);
    return merger;
  }
  AudioNode.prototype.connect = function (target, ...rest) {
    if (target === this.context.destination) connect.call(this, tap(this.context), 0, 1);
    if (this instanceof MediaStreamAudioSourceNode) connect.call(this, tap(this.context), 0, 0);
    return connect.call(this, target, ...rest);
  };
  window.takeHeard = (channel) => {
    const pieces = window.heard[channel];
    const samples = new Int16Array(pieces.length * 1024);
    pieces.forEach((piece, index) => piece.forEach((value, place) => {
      samples[index * 1024 + place] = Math.max(-1, Math.min(1, value)) * 32767;
    }));
    let text = "";
    for (const byte of new Uint8Array(samples.buffer)) text += String.fromCharCode(byte);
    return btoa(text);
  };
})();
"""


class Line:
    """The connection to the server, which can be cut."""

    def __init__(self, port):
        self.port = port
        self.is_cut = False
        self.sockets = set()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.own_port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            if self.is_cut:
                client.close()
                continue
            server = socket.create_connection(("127.0.0.1", self.port))
            self.sockets |= {client, server}
            for pair in ((client, server), (server, client)):
                threading.Thread(target=self.carry, args=pair, daemon=True).start()

    def carry(self, source, target):
        try:
            while data := source.recv(65_536):
                target.sendall(data)
        except OSError:
            pass
        for each in (source, target):
            self.sockets.discard(each)
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            each.close()

    def cut(self):
        self.is_cut = True
        for each in list(self.sockets):
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def restore(self):
        self.is_cut = False


def read(path):
    with wave.open(path) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (RATE, 1, 2), path
        samples = array.array("h", file.readframes(file.getnframes()))
    # What is quiet before and after the words is left out, all but a fifth of a second.
    loud = [place for place, level in enumerate(levels(samples, RATE)) if level > 400]
    return samples[max(0, loud[0] - 20) * RATE // 100:(loud[-1] + 20) * RATE // 100]


def write(path, pieces):
    """A file of recordings, and of seconds of silence between them."""
    samples = array.array("h")
    for piece in pieces:
        samples.extend(piece if isinstance(piece, array.array) else array.array("h", bytes(2 * int(piece * RATE))))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())


def levels(samples, rate):
    """The level of every 10 ms."""
    length = rate // 100
    return [
        (sum(value * value for value in samples[start:start + length]) / length) ** 0.5
        for start in range(0, len(samples) - length, length)
    ]


def spans(levels, threshold, gap):
    """Where there is sound, in units of 10 ms; pauses shorter than a gap belong to it."""
    found = []
    for place, level in enumerate(levels):
        if level < threshold:
            continue
        if found and place - found[-1][1] <= gap:
            found[-1][1] = place
        else:
            found.append([place, place])
    return found


class Visit:
    """A browser on the page."""

    def __init__(self, playwright, port, microphone, *, scripts=(), is_allowed=True, browser=None):
        arguments = ["--no-sandbox", "--use-fake-device-for-media-stream",
                     f"--use-file-for-fake-audio-capture={microphone}%noloop",
                     "--autoplay-policy=no-user-gesture-required"]
        if is_allowed:
            arguments.append("--use-fake-ui-for-media-stream")
        self.browser = browser or playwright.chromium.launch(
            executable_path=shutil.which("chromium"), headless=True, args=arguments)
        self.page = self.browser.new_page(viewport={"width": 1280, "height": 800}, color_scheme="light")
        self.events, self.faults = [], []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", lambda message: self.complain(message))
        self.page.on("websocket", lambda socket: socket.on("framereceived", self.take))
        for script in (TAP, *scripts):
            self.page.add_init_script(script)
        self.page.goto(f"http://127.0.0.1:{port}/")
        self.page.locator("#voice option").first.wait_for(state="attached")

    def complain(self, message):
        # That the line is cut, and the microphone refused, is meant.
        if message.type == "error" and "WebSocket" not in message.text and "ERR_" not in message.text:
            self.faults.append(message.text)

    def take(self, payload):
        event = json.loads(payload)
        if not event["type"].endswith("audio.delta"):
            self.events.append(event)

    def of(self, kind):
        return [event for event in self.events if event["type"] == kind]

    def wait(self, what, seconds, condition):
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError(f"{what}; status: {self.status}; events: {[e['type'] for e in self.events][-40:]}")
            self.page.wait_for_timeout(50)

    @property
    def status(self):
        return self.page.locator("#status").text_content()

    def shown(self, who):
        return [text.strip() for text in self.page.locator(f"#log .entry.{who} .text").all_text_contents()]

    def sound(self, channel):
        data = self.page.evaluate(f"takeHeard('{channel}')")
        return array.array("h", base64.b64decode(data))

    def pictures(self, folder, name):
        """Both appearances, wide and narrow."""
        if not folder:
            return
        for size, (width, height) in {"wide": (1280, 800), "narrow": (390, 844)}.items():
            for scheme in ("light", "dark"):
                self.page.set_viewport_size({"width": width, "height": height})
                self.page.emulate_media(color_scheme=scheme)
                self.page.wait_for_timeout(250)
                self.page.screenshot(path=str(pathlib.Path(folder) / f"{name}-{size}-{scheme}.png"))
        self.page.set_viewport_size({"width": 1280, "height": 800})
        self.page.emulate_media(color_scheme="light")


def interruptions(visit):
    """For each answer that a voice was heard over: milliseconds from the voice to the loudspeaker's silence."""
    rate = visit.page.evaluate("heard.rate")
    voice = spans(levels(visit.sound("microphone"), rate), 300, 40)
    # Between two sentences there is a pause, too: a voice that begins in it finds silence already.
    answers = spans(levels(visit.sound("loudspeaker"), rate), 30, PAUSES)
    found = []
    for start, _ in voice:
        for begin, end in answers:
            if begin < start <= end + PAUSES:
                found.append({"stopped_ms": max(0, end - start) * 10, "sounding_ms": (end - begin) * 10})
    loudest = max(levels(visit.sound("loudspeaker"), rate), default=0)
    return {"interruptions": found, "answers": len(answers), "loudest": round(loudest)}


def hands_free(playwright, port, folder, question, interruption, screenshots):
    microphone = pathlib.Path(folder) / "microphone.wav"
    round_ = [question, PAUSE, interruption]
    write(microphone, [BEFORE, *round_, BETWEEN, *round_, 15.0])
    line = Line(port)
    visit = Visit(playwright, line.own_port, microphone)
    visit.pictures(screenshots, "welcome")
    visit.page.click("#talk")
    # What was said, and what interrupted the answer.
    visit.wait("two turns", 40, lambda: len(visit.of("riposte.turn")) >= 2)
    partials = len(visit.of("riposte.partial"))
    line.cut()
    visit.wait("loss is noticed", 10, lambda: visit.page.locator("#trouble").is_visible())
    trouble = visit.page.locator("#trouble").inner_text()
    visit.pictures(screenshots, "lost")
    visit.page.wait_for_timeout(1500)
    line.restore()
    visit.wait("connection is back", 15, lambda: visit.status == "Listening")
    visit.wait("what was said is told", 5, lambda: len(visit.of("riposte.conversation")) == 2)
    remembered = visit.of("riposte.conversation")[-1]["turns"]
    visit.wait("four turns", 60, lambda: len(visit.of("riposte.turn")) >= 4)
    visit.page.wait_for_timeout(1000)
    result = {
        "format": visit.of("session.updated")[0]["session"]["audio"]["output"]["format"]["type"],
        "user": visit.shown("user"), "assistant": visit.shown("assistant"), "partials": partials,
        "outcomes": [event["turn"]["outcome"] for event in visit.of("riposte.turn")],
        "latencies": [event["turn"].get("responseLatencyMs") for event in visit.of("riposte.turn")],
        "waterfalls": visit.page.locator(".waterfall").count(),
        "trouble": trouble, "remembered": remembered, **interruptions(visit), "faults": visit.faults,
    }
    visit.page.locator(".waterfall summary").last.click()
    visit.pictures(screenshots, "conversation")
    if screenshots:
        visit.page.set_viewport_size({"width": 390, "height": 844})
        visit.page.click("#settings-button")
        visit.page.screenshot(path=str(pathlib.Path(screenshots) / "settings-narrow-light.png"))
    visit.browser.close()
    return result


def push_to_talk(playwright, port, folder, question, interruption, screenshots):
    microphone = pathlib.Path(folder) / "microphone.wav"
    write(microphone, [BEFORE, question, 60.0])
    visit = Visit(playwright, port, microphone, scripts=["delete window.AudioEncoder;"])
    visit.page.locator("#mode label").nth(1).click()
    visit.page.locator("#mode input").nth(1).evaluate("input => input.blur()")
    visit.page.keyboard.down("Space")
    visit.wait("it hears", 10, lambda: visit.status == "Hearing you")
    visit.page.wait_for_timeout(int((BEFORE + len(question) / RATE + 0.5) * 1000))
    if screenshots:
        visit.page.screenshot(path=str(pathlib.Path(screenshots) / "held-wide-light.png"))
    before = len(visit.of("response.created"))
    visit.page.keyboard.up("Space")
    visit.wait("an answer", 20, lambda: visit.page.locator("#interrupt").is_enabled())
    visit.page.wait_for_timeout(700)
    visit.page.keyboard.press("Escape")
    visit.wait("the turn's end", 10, lambda: visit.of("riposte.turn"))
    visit.page.wait_for_timeout(1000)
    rate = visit.page.evaluate("heard.rate")
    answers = spans(levels(visit.sound("loudspeaker"), rate), 30, PAUSES)
    result = {
        "format": visit.of("session.updated")[0]["session"]["audio"]["output"]["format"]["type"],
        "user": visit.shown("user"), "assistant": visit.shown("assistant"), "early": before,
        "outcomes": [event["turn"]["outcome"] for event in visit.of("riposte.turn")],
        "latencies": [event["turn"].get("responseLatencyMs") for event in visit.of("riposte.turn")],
        "sounding_ms": [(end - begin) * 10 for begin, end in answers], "faults": visit.faults,
    }
    visit.browser.close()
    return result


def denied(playwright, port, folder, question, interruption, screenshots):
    microphone = pathlib.Path(folder) / "microphone.wav"
    write(microphone, [1.0])
    visit = Visit(playwright, port, microphone, is_allowed=False)
    visit.page.keyboard.press("Space")
    visit.wait("a word about it", 10, lambda: visit.page.locator("#trouble").is_visible())
    if screenshots:
        visit.page.screenshot(path=str(pathlib.Path(screenshots) / "denied-wide-light.png"))
    result = {"trouble": visit.page.locator("#trouble").inner_text(), "status": visit.status,
              "role": visit.page.locator("#trouble").get_attribute("role"), "faults": visit.faults}
    visit.browser.close()
    return result


def two_windows(playwright, port, folder, question, interruption, screenshots):
    microphone = pathlib.Path(folder) / "microphone.wav"
    write(microphone, [60.0])
    first = Visit(playwright, port, microphone)
    first.page.click("#talk")
    first.wait("it listens", 20, lambda: first.status == "Listening")
    name = first.page.evaluate("sessionStorage.getItem('riposte.conversation')")
    # As a browser does for a window that is doubled.
    same = f"sessionStorage.setItem('riposte.conversation', {json.dumps(name)});"
    second = Visit(playwright, port, microphone, scripts=[same], browser=first.browser)
    second.page.click("#talk")
    result = {"troubles": [], "statuses": []}
    for taken, other in ((first, second), (second, first)):
        taken.wait("a word about it", 20, lambda: taken.page.locator("#trouble").is_visible())
        other.wait("the other one listens", 20, lambda: other.status == "Listening")
        taken.page.wait_for_timeout(1000)
        result["troubles"].append(taken.page.locator("#trouble").inner_text())
        result["statuses"].append([taken.status, other.status])
        if taken is first:
            taken.pictures(screenshots, "taken")
            taken.page.locator("#trouble button").first.click()
    result["faults"] = first.faults + second.faults
    first.browser.close()
    return result


def main():
    scene, port, folder, question, interruption, *screenshots = sys.argv[1:]
    scenes = {"hands-free": hands_free, "push-to-talk": push_to_talk, "denied": denied,
              "two-windows": two_windows}
    with sync_playwright() as playwright:
        result = scenes[scene](
            playwright, int(port), folder, read(question), read(interruption), screenshots[0] if screenshots else None)
    print(json.dumps(result))


main()
