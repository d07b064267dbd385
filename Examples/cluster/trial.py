#!/usr/bin/env python3
"""Breaks a cluster under load, and looks whether anything is lost, done twice or late.

    Examples/cluster/trial.py [--riposte .build/release/riposte] [--short] [--json FILE]

Needs what cluster.py needs, and the Python package websockets. Four trials:

  nodes     callers talk at real pace, half of them by voice; a node is killed (-9) every 20 s, and started again. Every
            caller has to come to its end; what a node has acknowledged (`riposte.kept`) has to be in the database exactly
            once, and each written question in exactly one exchange.
  database  the same callers; PostgreSQL is stopped for 30 s. Answers have to go on, and all be kept in the end.
  drain     the same, but the nodes are told to end (SIGTERM): no answer may be broken off.
  timers    a timer is set on a node, which is killed; it has to ring on time, once, on another node.

--short takes a minute or two and is what `make test` runs.
"""
import argparse
import asyncio
import base64
import json
import pathlib
import random
import statistics
import subprocess
import sys
import time
import uuid
import wave

import websockets
import websockets.exceptions

from cluster import Cluster

# What a lost connection, or one that is not to be had just now, looks like.
LOST = (websockets.exceptions.WebSocketException, OSError, asyncio.TimeoutError, EOFError)
SPOKEN = ["What time is it?", "What is seven plus five?", "Flip a coin.", "What day is it today?"]


class Connection:
    """One connection of a caller: tells and is told."""

    def __init__(self, socket, caller):
        self.socket, self.caller = socket, caller

    async def tell(self, **event):
        await self.socket.send(json.dumps(event))

    async def hear(self, seconds):
        event = json.loads(await asyncio.wait_for(self.socket.recv(), seconds))
        self.caller.told(event)
        return event

    async def until(self, kinds, seconds=30):
        """The next event of one of these kinds; an error is an exception."""
        end = time.monotonic() + seconds
        while True:
            event = await self.hear(max(0.01, end - time.monotonic()))
            if event["type"] == "error":
                raise RuntimeError(f"{self.caller.name}: {event['error']['message']}")
            if event["type"] in kinds:
                return event


class Caller:
    """Somebody who talks, and who comes back when the connection breaks."""

    def __init__(self, url, number, sounds=None):
        self.url, self.number, self.sounds = url, number, sounds
        self.name = f"trial-{number}-{uuid.uuid4()}"
        self.missing = 0
        self.answered, self.offered, self.asked_again, self.completed = 0, 0, 0, 0
        self.questions, self.acknowledged, self.kept = [], {}, set()
        self.recoveries, self.waits, self.rings = [], [], []
        self.open_question, self.spoke, self.lost_at, self.turns_known = None, False, None, 0

    def told(self, event):
        if event["type"] == "response.done" and event["response"]["status"] == "completed":
            self.completed += 1
        elif event["type"] == "riposte.kept":
            self.acknowledged[event["append"]] = event["entries"]
            self.kept.update(turn["user"] for turn in event["turns"])
        elif event["type"] == "riposte.alarm":
            self.rings.append((event["alarm"], time.time(), event["due"] / 1000))

    def connect(self, url=None):
        return websockets.connect(url or self.url, open_timeout=5, ping_interval=None, close_timeout=1, max_size=None)

    async def begin(self, socket):
        """What was said before, as the server tells it."""
        connection = Connection(socket, self)
        await connection.until(["session.created"], 10)
        session = {"type": "realtime", "riposte": {"events": True, "conversation": self.name}}
        if not self.sounds:
            session["output_modalities"] = ["text"]
        await connection.tell(type="session.update", session=session)
        return connection, await connection.until(["riposte.conversation"], 10)

    async def run(self, goes_on):
        """Talks as long as it is told to; after every break it goes on where it was."""
        while True:
            try:
                async with self.connect() as socket:
                    connection, before = await self.begin(socket)
                    if self.lost_at:
                        self.recoveries.append(time.monotonic() - self.lost_at)
                        self.lost_at = None
                    await self.settle(connection, before)
                    while goes_on(self):
                        await self.ask(connection)
                        await self.pause(connection, random.uniform(0.5, 2.0))
                    await self.all_kept(connection)
                    return
            except LOST as error:
                self.lost_at = self.lost_at or time.monotonic()
                if time.monotonic() - self.lost_at > 60:
                    raise RuntimeError(f"{self.name}: no server for a minute") from error
                await asyncio.sleep(0.05)

    async def settle(self, connection, before):
        """What became of the question that was under way."""
        turns, unfinished = before["turns"], before.get("unfinished")
        known = [turn for turn in turns if turn["user"]]
        question, self.open_question = self.open_question, None
        known_before, self.turns_known = self.turns_known, len(known)
        if question is None:
            return
        if unfinished and (self.sounds or unfinished["user"] == question):
            self.offered += 1
            self.open_question = question
            completed = self.completed
            await connection.tell(type="response.create")
            await self.answer(connection, completed)
        elif (len(known) > known_before) if self.sounds else any(turn["user"] == question for turn in known):
            # It was answered and kept; only the news of it was lost.
            self.answered += 1
            self.kept.add(question)
        else:
            self.asked_again += 1
            await self.ask(connection, question)

    async def ask(self, connection, question=None):
        if question is None:
            question = len(self.questions) if self.sounds else f"what's {self.number * 1000 + len(self.questions)} plus 1"
            self.questions.append(question)
        self.open_question = question
        begun, completed = time.monotonic(), self.completed
        if self.sounds:
            await self.speak(connection, self.sounds[question % len(self.sounds)])
        else:
            await connection.tell(
                type="conversation.item.create",
                item={"type": "message", "role": "user", "content": [{"type": "input_text", "text": question}]})
            await connection.tell(type="response.create")
        await self.answer(connection, completed)
        if not self.sounds:
            self.waits.append(time.monotonic() - begun)

    async def answer(self, connection, completed):
        """Until more answers are complete than there were."""
        end = time.monotonic() + 60
        while self.completed == completed:
            event = await connection.until(["response.done", "riposte.turn"], end - time.monotonic())
            if event.get("turn", {}).get("outcome") == "dropped" and self.completed == completed:
                # It was not heard as speech, or broken off: said again.
                await self.speak(connection, self.sounds[self.open_question % len(self.sounds)])
        self.answered += 1
        self.turns_known += 1
        self.open_question = None

    async def speak(self, connection, sound):
        """At real pace, in pieces of 100 ms, and then the silence that ends it."""
        start = time.monotonic()
        data = sound + bytes(2 * 24_000 * 1)
        for index, place in enumerate(range(0, len(data), 4_800)):
            piece = base64.b64encode(data[place:place + 4_800]).decode()
            await connection.tell(type="input_audio_buffer.append", audio=piece)
            await self.pause(connection, start + (index + 1) * 0.1 - time.monotonic())

    async def pause(self, connection, seconds):
        """Listens meanwhile."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            try:
                event = await connection.hear(left)
            except asyncio.TimeoutError:
                return
            if event["type"] == "error":
                raise RuntimeError(event["error"]["message"])

    async def all_kept(self, connection):
        """Until nothing new was acknowledged for a while."""
        count = -1
        while count != len(self.acknowledged):
            count = len(self.acknowledged)
            await self.pause(connection, 1.5)


def sounds(riposte, folder):
    """The voice of those who speak: 24 kHz, 16 bits, mono."""
    made = []
    for number, text in enumerate(SPOKEN):
        file = folder / f"said-{number}.wav"
        subprocess.run([riposte, "say", text, "-o", str(file)], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        with wave.open(str(file)) as reader:
            assert reader.getframerate() == 24_000 and reader.getnchannels() == 1, "the voice has another form"
            made.append(reader.readframes(reader.getnframes()))
    return made


def check(cluster, callers, died=True):
    """Compares what was acknowledged with what is in the database. Where a node died, an answer may have been heard whose
    acknowledgement had not come yet: it may be missing, but not be there twice.

    Returns what is wrong, in words."""
    problems = []
    rows = cluster.query("SELECT append, count(*) FROM riposte.entry GROUP BY append") or []
    stored = {name: int(count) for name, count in rows}
    for caller in callers:
        for name, entries in caller.acknowledged.items():
            if stored.get(name) != entries:
                problems.append(f"{caller.name}: {entries} entries were acknowledged, {stored.get(name, 0)} are kept")
    rows = cluster.query(
        "SELECT conversation, body->'turn'->'turn'->>'user', count(*) FROM riposte.entry "
        "WHERE body->'turn' IS NOT NULL GROUP BY 1, 2") or []
    turns = {(conversation, user): int(count) for conversation, user, count in rows}
    for caller in callers:
        if caller.sounds:
            continue
        for question in caller.questions:
            times = turns.get((caller.name, question), 0)
            if times > 1 or (times == 0 and (question in caller.kept or not died)):
                problems.append(f"{caller.name}: '{question}' is kept {times} times")
            caller.missing += times == 0
    gaps = cluster.query(
        "SELECT id FROM riposte.conversation c WHERE last_number <> "
        "(SELECT count(*) FROM riposte.entry e WHERE e.conversation = c.id)")
    problems += [f"{row[0]}: its entries are not numbered one after the other" for row in gaps or []]
    return problems


def figures(callers):
    waits = sorted(wait for caller in callers for wait in caller.waits)
    return {
        "callers": len(callers), "answered": sum(caller.answered for caller in callers),
        "acknowledged": sum(len(caller.acknowledged) for caller in callers),
        "offeredAgain": sum(caller.offered for caller in callers),
        "heardButNotAcknowledgedAndGone": sum(caller.missing for caller in callers),
        "askedAgain": sum(caller.asked_again for caller in callers),
        "writtenMedianMs": round(statistics.median(waits) * 1000) if waits else None,
        "writtenSlowestMs": round(waits[-1] * 1000) if waits else None,
    }


def recoveries(callers):
    times = sorted(time for caller in callers for time in caller.recoveries)
    return {"breaks": len(times), "recoveryMedianMs": round(statistics.median(times) * 1000) if times else None,
            "recoverySlowestMs": round(times[-1] * 1000) if times else None}


def make_callers(cluster, given, made):
    return [Caller(cluster.url, number + 1, made if number < given.speakers else None) for number in range(given.callers)]


async def talk(callers, seconds, meanwhile):
    """Has everybody talk for a while, and something be done to the cluster."""
    end = time.monotonic() + seconds
    running = [asyncio.create_task(caller.run(lambda _: time.monotonic() < end)) for caller in callers]
    await meanwhile(end)
    done, pending = await asyncio.wait(running, timeout=120)
    for task in pending:
        task.cancel()
    failed = [f"{type(task.exception()).__name__}: {task.exception()}" for task in done if task.exception()]
    return failed + ["a caller did not come to its end"] * len(pending)


async def nodes_trial(cluster, given, made):
    callers = make_callers(cluster, given, made)
    kills = 0

    async def kill(end):
        nonlocal kills
        while time.monotonic() + given.every < end:
            await asyncio.sleep(given.every / 2)
            victim = kills % 3
            kills += 1
            cluster.say(f"  node {victim + 1} is killed")
            await asyncio.to_thread(cluster.kill_node, victim)
            cluster.start_node(victim)
            await asyncio.sleep(given.every / 2)

    problems = await talk(callers, given.seconds, kill)
    problems += check(cluster, callers)
    return {"kills": kills, **figures(callers), **recoveries(callers)}, problems


async def drain_trial(cluster, given, made):
    callers = make_callers(cluster, given, made)

    async def end_each(_):
        for index in range(3):
            await asyncio.sleep(3)
            cluster.say(f"  node {index + 1} is told to end")
            await asyncio.to_thread(cluster.end_node, index)
            cluster.start_node(index)
            await asyncio.to_thread(cluster.wait, lambda: cluster.is_ready(index), f"node {index + 1}", 120)

    problems = await talk(callers, given.drain, end_each)
    problems += check(cluster, callers)
    offered = sum(caller.offered for caller in callers)
    if offered:
        problems.append(f"{offered} answers were broken off")
    return {**figures(callers), **recoveries(callers)}, problems


async def database_trial(cluster, given, made):
    callers = make_callers(cluster, given, made)
    told = {}

    def waiting():
        return int(sum(cluster.metrics(index).get("riposte_memory_waiting", 0) for index in range(3)))

    async def stop(_):
        await asyncio.sleep(5)
        before = sum(caller.answered for caller in callers)
        cluster.say(f"  the database is stopped for {given.away} s")
        await asyncio.to_thread(cluster.stop_database)
        await asyncio.sleep(given.away)
        told["answeredMeanwhile"] = sum(caller.answered for caller in callers) - before
        told["waitingAtItsEnd"] = await asyncio.to_thread(waiting)
        await asyncio.to_thread(cluster.start_database)
        back = time.monotonic()
        while await asyncio.to_thread(waiting) > 0:
            await asyncio.sleep(0.05)
            if time.monotonic() > back + 60:
                break
        told["caughtUpMs"] = round((time.monotonic() - back) * 1000)

    problems = await talk(callers, given.away + 20, stop)
    problems += check(cluster, callers, died=False)
    if told["answeredMeanwhile"] < len(callers):
        problems.append("while the database was away, too few were answered")
    lost = sum(cluster.metrics(i).get("riposte_memory_lost_total", 0) for i in range(3))
    if lost:
        problems.append(f"{lost} batches were given up")
    return {"awaySeconds": given.away, **figures(callers), **recoveries(callers), **told}, problems


async def timer(cluster, victim, number, killed):
    """Sets a timer on a node that dies, and counts how often and when it rings."""
    caller = Caller(cluster.node_url(victim), number)
    due = time.monotonic() + 10
    try:
        async with caller.connect() as socket:
            connection, _ = await caller.begin(socket)
            await connection.tell(
                type="conversation.item.create",
                item={"type": "message", "role": "user",
                      "content": [{"type": "input_text", "text": "set a timer for ten seconds"}]})
            await connection.tell(type="response.create")
            while True:
                event = await connection.until(["riposte.kept"], 20)
                if event["turns"]:
                    break
            due = time.monotonic() + 10
            killed["ready"] += 1
            while True:
                await connection.hear(20)
    except LOST:
        pass
    caller.url = cluster.url
    while time.monotonic() < due + 3:
        try:
            async with caller.connect() as socket:
                connection, _ = await caller.begin(socket)
                await caller.pause(connection, due + 3 - time.monotonic())
        except LOST:
            await asyncio.sleep(0.05)
    return caller


async def timers_trial(cluster, given, _):
    rings, late, problems = 0, [], []
    for round_number in range(given.timers // 10):
        victim = round_number % 3
        cluster.wait(lambda: cluster.is_ready(victim), f"node {victim + 1}", 120)
        state = {"ready": 0}
        waiting = [asyncio.create_task(timer(cluster, victim, number, state)) for number in range(10)]
        while state["ready"] < 10 and not all(task.done() for task in waiting):
            await asyncio.sleep(0.02)
        await asyncio.sleep(random.uniform(0, 1))
        cluster.kill_node(victim)
        cluster.start_node(victim)
        for caller in await asyncio.gather(*waiting):
            if len(caller.rings) != 1:
                problems.append(f"{caller.name} rang {len(caller.rings)} times")
            for _, rang, due in caller.rings:
                rings += 1
                late.append((rang - due) * 1000)
        cluster.say(f"  {rings} of {(round_number + 1) * 10} timers rang")
    if late and max(late) > 2_000:
        problems.append(f"a timer rang {max(late):.0f} ms late")
    return {"timers": given.timers, "rang": rings, "lateMedianMs": round(statistics.median(late)) if late else None,
            "latestMs": round(max(late)) if late else None}, problems


async def run(given):
    results, problems = {}, []
    trials = {"nodes": nodes_trial, "database": database_trial, "drain": drain_trial, "timers": timers_trial}
    with Cluster(given.riposte, ["--model", given.model]) as cluster:
        made = sounds(cluster.riposte, cluster.folder) if given.speakers else []
        for name in given.trials:
            cluster.say(f"trial: {name}")
            results[name], wrong = await trials[name](cluster, given, made)
            cluster.say("  " + ", ".join(f"{key} {value}" for key, value in results[name].items()))
            for problem in wrong[:20]:
                cluster.say(f"  WRONG: {problem}")
            problems += wrong
            for index in range(3):
                cluster.wait(lambda: cluster.is_ready(index), f"node {index + 1}", 120)
        if problems:
            cluster.say(cluster.logs())
    if given.json:
        given.json.write_text(json.dumps(results, indent=2))
    print("all is well" if not problems else f"{len(problems)} things are wrong", flush=True)
    return 1 if problems else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--riposte", default=".build/release/riposte")
    parser.add_argument("--model", default="tiny.en")
    parser.add_argument("--callers", type=int, default=12)
    parser.add_argument("--speakers", type=int, default=6, help="how many of them speak; the others write")
    parser.add_argument("--seconds", type=float, default=200, help="how long the callers of the first trial talk")
    parser.add_argument("--every", type=float, default=20, help="seconds between two kills")
    parser.add_argument("--away", type=float, default=30, help="seconds without the database")
    parser.add_argument("--drain", type=float, default=60, help="how long the callers of that trial talk")
    parser.add_argument("--timers", type=int, default=50)
    parser.add_argument("--trials", nargs="+", default=["nodes", "database", "drain", "timers"],
                        choices=["nodes", "database", "drain", "timers"])
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--json", type=pathlib.Path)
    given = parser.parse_args()
    if given.short:
        given.callers, given.speakers, given.seconds, given.every = 6, 1, 42, 20
        given.away, given.timers, given.drain = 8, 10, 30
    return asyncio.run(run(given))


if __name__ == "__main__":
    sys.exit(main())
