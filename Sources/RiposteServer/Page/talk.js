// A conversation with the server: OpenAI's Realtime protocol over WebSocket, with what `session.riposte` adds to it. When
// the connection is lost it is made anew, and the conversation goes on under its name.

import { fromBase64, toBase64 } from "./sound.js";

// Events: "state" {state, wait}, "event" (what the server tells), "sound" {bytes, response}, "fault" {message}.
// States: "closed", "connecting", "open", "lost" (waiting to try again), "refused" (it will not be tried again).
export class Talk extends EventTarget {
  static longestWait = 10;
  // A server that does not answer for so many milliseconds is gone.
  static patience = 8000;
  // Bytes that wait to be sent; more, and newer sound is dropped: it would come too late.
  static backlog = 256 * 1024;

  // choices: {project, voice, token, conversation, pushToTalk, opus}
  constructor(choices) {
    super();
    this.choices = choices;
    this.state = "closed";
    this.attempts = 0;
    this.packet = 0;
    this.ownEvents = new Set();
    this.goOn = () => this.state === "lost" && this.connect();
    window.addEventListener("online", this.goOn);
  }

  connect() {
    clearTimeout(this.timer);
    this.setState("connecting");
    const address = new URL("/v1/realtime", location.href);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    if (this.choices.project) address.searchParams.set("model", this.choices.project);
    const protocols = ["realtime"];
    if (this.choices.token) protocols.push("openai-insecure-api-key." + this.choices.token);
    let socket;
    try {
      socket = new WebSocket(address, protocols);
    } catch {
      this.refuse("The token has characters that a browser cannot send.");
      return;
    }
    this.socket = socket;
    this.heardAt = performance.now();
    socket.onmessage = ({ data }) => socket === this.socket && this.take(JSON.parse(data));
    socket.onclose = ({ code }) => socket === this.socket && this.lost(code);
    this.pinging = setInterval(() => this.ping(), 2000);
  }

  setState(state, wait = 0) {
    this.state = state;
    this.dispatchEvent(new CustomEvent("state", { detail: { state, wait } }));
  }

  refuse(message) {
    this.end();
    this.setState("refused");
    this.dispatchEvent(new CustomEvent("fault", { detail: { message } }));
  }

  lost(code) {
    clearInterval(this.pinging);
    this.socket = null;
    this.attempts += 1;
    const wait = Math.min(Talk.longestWait, 0.25 * 2 ** this.attempts);
    this.setState("lost", { seconds: wait, isFull: code === 1013 });
    this.timer = setTimeout(() => this.connect(), wait * 1000);
  }

  // Says goodbye; nothing is tried again.
  async end() {
    clearTimeout(this.timer);
    clearInterval(this.pinging);
    window.removeEventListener("online", this.goOn);
    const socket = this.socket;
    this.socket = null;
    if (socket && socket.readyState < WebSocket.CLOSING) {
      const closed = new Promise((resolve) => {
        socket.onclose = resolve;
        setTimeout(resolve, 1000);
      });
      socket.close(1000);
      await closed;
    }
    if (this.state !== "refused") this.setState("closed");
  }

  ping() {
    if (performance.now() - this.heardAt > Talk.patience) {
      const socket = this.socket;
      this.lost();
      socket?.close();
      return;
    }
    if (this.state === "open") this.send({ type: "riposte.ping" });
  }

  take(event) {
    this.heardAt = performance.now();
    switch (event.type) {
      case "session.created":
        this.send(this.settings());
        break;
      case "session.updated":
        this.attempts = 0;
        this.packet = 0;
        this.setState("open");
        break;
      case "response.output_audio.delta":
        this.dispatchEvent(new CustomEvent("sound", {
          detail: { bytes: fromBase64(event.delta), response: event.response_id },
        }));
        return;
      case "riposte.conversation":
        // The server that was answering is gone: the answer is wanted all the same.
        if (event.unfinished) this.send({ type: "response.create" });
        break;
      case "riposte.pong":
        return;
      case "error":
        // Said goodbye to an answer that had ended by itself: no harm.
        if (this.ownEvents.delete(event.error?.event_id)) return;
        // The connection is closed next, and tried again in a while.
        if (event.error?.code === "places_taken") return;
        if (this.state === "connecting") this.refuse(event.error?.message);
        else this.dispatchEvent(new CustomEvent("fault", { detail: { message: event.error?.message } }));
        return;
    }
    this.dispatchEvent(new CustomEvent("event", { detail: event }));
  }

  settings() {
    const format = { type: this.choices.opus ? "audio/opus" : "audio/pcm", rate: 24000 };
    const output = { format };
    if (this.choices.voice) output.voice = this.choices.voice;
    return {
      type: "session.update",
      session: {
        type: "realtime",
        audio: { input: { format, turn_detection: { type: "semantic_vad" } }, output },
        riposte: {
          events: true, conversation: this.choices.conversation, push_to_talk: this.choices.pushToTalk,
        },
      },
    };
  }

  send(event) {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(event));
    return true;
  }

  // What of it cannot be sent in time is lost, as on any line; the numbers of the packets tell the server.
  sendSound(bytes) {
    if (this.state !== "open") return;
    const packet = this.packet++;
    if (this.socket.bufferedAmount > Talk.backlog) return;
    const event = { type: "input_audio_buffer.append", audio: toBase64(bytes) };
    if (this.choices.opus) event.packet = packet;
    this.send(event);
  }

  commit() {
    this.sendQuietly({ type: "input_audio_buffer.commit" });
  }

  // Ends the answer. What was heard of it is told, so that no more is remembered.
  interrupt(item, milliseconds) {
    this.sendQuietly({ type: "response.cancel" });
    if (item) {
      this.sendQuietly({
        type: "conversation.item.truncate", item_id: item, content_index: 0, audio_end_ms: milliseconds,
      });
    }
  }

  // What may come too late, and then does not matter.
  sendQuietly(event) {
    const id = "page_" + crypto.randomUUID();
    this.ownEvents.add(id);
    this.send({ ...event, event_id: id });
  }
}
