"""A Pipecat pipeline, all local, that is fed recordings at real pace; turns_peer.py runs it as a process of its own.

Silero, smart-turn, faster-whisper int8 and Piper with Pipecat's defaults; in the place of a language model a
processor that answers at once, and always the same. Microphone and loudspeaker are transports of this file's own,
derived from Pipecat's: a frame of 20 ms comes when its last sample would have been heard, and sound is taken as a
loudspeaker would play it, one chunk after the other, without a delay of its own.

One pipeline serves all recordings, as it would in use. Each line of standard input is a recording,
{"file": …}; each line of standard output what was heard, see `Listener.hear`.
"""
import argparse
import asyncio
import json
import os
import pathlib
import resource
import sys
import time

# Everything is here already: nothing is to be fetched, and a name that is not a path shall fail.
os.environ.setdefault("HF_HUB_OFFLINE", "1")
sys.path.insert(0, str(pathlib.Path(__file__).parent))

import numpy
from loguru import logger

import measuring
from pipecat.audio.vad.silero import SileroVADAnalyzer
from pipecat.frames.frames import (
    InputAudioRawFrame, LLMContextFrame, LLMFullResponseEndFrame, LLMFullResponseStartFrame, LLMTextFrame,
    TranscriptionFrame)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import (
    LLMContextAggregatorPair, LLMUserAggregatorParams)
from pipecat.processors.frame_processor import FrameProcessor
from pipecat.services.piper.tts import PiperTTSService
from pipecat.services.whisper.stt import WhisperSTTService
from pipecat.transports.base_input import BaseInputTransport
from pipecat.transports.base_output import BaseOutputTransport
from pipecat.transports.base_transport import TransportParams
from pipecat.workers.runner import WorkerRunner

RATE = 16_000
OUTPUT_RATE = 24_000
FRAME = RATE // 50
# Seconds after a recording's end until it counts as unanswered: more than any of Pipecat's own waits, and enough for a
# busy machine, so that no answer falls into the next recording.
PATIENCE = 20


class Microphone(BaseInputTransport):
    def __init__(self):
        super().__init__(TransportParams(audio_in_enabled=True, audio_in_sample_rate=RATE))
        self.ready = asyncio.Event()

    async def start(self, frame):
        await super().start(frame)
        await self.set_transport_ready(frame)
        self.ready.set()

    async def hear(self, samples, start, is_over):
        """Gives the samples at real pace from `start` on, and silence after them until `is_over()`."""
        position = 0
        while position < len(samples) or not is_over():
            frame = samples[position:position + FRAME]
            frame = numpy.pad(frame, (0, FRAME - len(frame)))
            position += FRAME
            await asyncio.sleep(max(0, start + position / RATE - time.perf_counter()))
            await self.push_audio_frame(
                InputAudioRawFrame(audio=frame.tobytes(), sample_rate=RATE, num_channels=1))


class Loudspeaker(BaseOutputTransport):
    """Plays what it is given without a gap, and keeps when."""

    def __init__(self):
        super().__init__(TransportParams(audio_out_enabled=True, audio_out_sample_rate=OUTPUT_RATE))
        self.chunks = []
        self.head = 0.0

    async def start(self, frame):
        await super().start(frame)
        await self.set_transport_ready(frame)

    async def write_audio_frame(self, frame):
        samples = numpy.frombuffer(frame.audio, numpy.int16)
        at = max(self.head, time.perf_counter())
        self.head = at + len(samples) / OUTPUT_RATE
        self.chunks.append((at, samples))
        await asyncio.sleep(max(0, self.head - time.perf_counter()))
        return True


class FixedResponder(FrameProcessor):
    """In a language model's place: the same answer, at once, whenever one is asked."""

    def __init__(self, answer):
        super().__init__()
        self.answer = answer
        self.asked = []

    async def process_frame(self, frame, direction):
        await super().process_frame(frame, direction)
        if not isinstance(frame, LLMContextFrame):
            await self.push_frame(frame, direction)
            return
        self.asked.append(time.perf_counter())
        await self.push_frame(LLMFullResponseStartFrame())
        await self.push_frame(LLMTextFrame(self.answer))
        await self.push_frame(LLMFullResponseEndFrame())


class Transcripts(FrameProcessor):
    def __init__(self):
        super().__init__()
        self.texts = []

    async def process_frame(self, frame, direction):
        await super().process_frame(frame, direction)
        if isinstance(frame, TranscriptionFrame):
            self.texts.append(frame.text.strip())
        await self.push_frame(frame, direction)


class Listener:
    def __init__(self, arguments):
        self.microphone = Microphone()
        self.loudspeaker = Loudspeaker()
        self.responder = FixedResponder(arguments.answer)
        self.transcripts = Transcripts()
        voice = pathlib.Path(arguments.voice)
        user, assistant = LLMContextAggregatorPair(
            LLMContext(), user_params=LLMUserAggregatorParams(vad_analyzer=SileroVADAnalyzer()))
        pipeline = Pipeline([
            self.microphone,
            WhisperSTTService(
                device="cpu", compute_type="int8", settings=WhisperSTTService.Settings(model=arguments.model)),
            self.transcripts,
            user,
            self.responder,
            PiperTTSService(
                download_dir=voice.parent, settings=PiperTTSService.Settings(voice=voice.name.removesuffix(".onnx"))),
            self.loudspeaker,
            assistant,
        ])
        self.worker = PipelineWorker(pipeline, cancel_on_idle_timeout=False, enable_rtvi=False)

    def is_over(self, end):
        """Whether, after the recording's end, all has been said: every answer asked for has sounded to its end."""
        now = time.perf_counter()
        if now < end:
            return False
        if now > end + PATIENCE:
            return True
        asked = self.responder.asked
        sounded = bool(asked) and any(at >= asked[-1] for at, _ in self.loudspeaker.chunks)
        return sounded and now > self.loudspeaker.head + 0.5

    async def hear(self, file):
        """Feeds one recording. Times are in seconds from its begin:

        answers: first sound of each, null for one that stayed silent; heard: all sound as [begin, end] of pieces of
        10 ms in a row; cpu: seconds of both kinds; memory: the peak so far, in megabytes.
        """
        samples, rate = measuring.read_wave(file)
        if rate != RATE:
            raise SystemExit(f"{file} is not at {RATE} Hz.")
        self.loudspeaker.chunks.clear()
        self.responder.asked.clear()
        self.transcripts.texts.clear()
        usage = resource.getrusage(resource.RUSAGE_SELF)
        start = time.perf_counter()
        await self.microphone.hear(samples, start, lambda: self.is_over(start + len(samples) / RATE))
        after = resource.getrusage(resource.RUSAGE_SELF)
        asked = [at - start for at in self.responder.asked]
        pieces = audible([(at - start, chunk) for at, chunk in self.loudspeaker.chunks])
        answers = []
        for index, at in enumerate(asked):
            until = asked[index + 1] if index + 1 < len(asked) else float("inf")
            answers.append(next((begin for begin, _ in pieces if at <= begin < until), None))
        return {
            "answers": answers, "asked": asked, "heard": merged(pieces), "transcripts": list(self.transcripts.texts),
            "cpu": after.ru_utime + after.ru_stime - usage.ru_utime - usage.ru_stime,
            "memory": measuring.peak_memory(),
        }


def audible(chunks):
    """[begin, end] of every piece of 10 ms with a sample of at least 1 % of full scale; begin is that sample's."""
    pieces = []
    for at, samples in chunks:
        for offset in range(0, len(samples), OUTPUT_RATE // 100):
            piece = numpy.abs(samples[offset:offset + OUTPUT_RATE // 100].astype(int)) >= 328
            if piece.any():
                first = at + (offset + int(piece.argmax())) / OUTPUT_RATE
                pieces.append((first, at + (offset + len(piece)) / OUTPUT_RATE))
    return pieces


def merged(pieces):
    """Pieces less than 50 ms apart as one."""
    result = []
    for begin, end in pieces:
        if result and begin - result[-1][1] < 0.05:
            result[-1][1] = end
        else:
            result.append([begin, end])
    return result


async def serve(arguments, answer):
    listener = Listener(arguments)
    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(listener.worker)
    running = asyncio.create_task(runner.run())
    await asyncio.wait_for(listener.microphone.ready.wait(), 120)
    answer({"ready": True, "memory": measuring.peak_memory()})
    while line := await asyncio.to_thread(sys.stdin.readline):
        answer(await listener.hear(json.loads(line)["file"]))
    await listener.worker.cancel()
    await asyncio.wait([running], timeout=10)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, help="a CTranslate2 folder of Whisper")
    parser.add_argument("--voice", required=True, help="an .onnx voice of Piper, its .onnx.json beside it")
    parser.add_argument("--answer", default="Your timer is set for ten minutes.")
    parser.add_argument("--log", default="ERROR", help="how much Pipecat says on standard error")
    arguments = parser.parse_args()
    logger.remove()
    logger.add(sys.stderr, level=arguments.log)
    # What libraries print must not get between the lines of the answers.
    lines = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def answer(value):
        print(json.dumps(value), file=lines, flush=True)

    asyncio.run(serve(arguments, answer))


if __name__ == "__main__":
    main()
