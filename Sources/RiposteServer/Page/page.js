// The page: joins the conversation with the server, the sound, and what is seen.

import { Log } from "./log.js";
import { knowsOpus, OpusCoding, PlainCoding, SoundSystem } from "./sound.js";
import { Talk } from "./talk.js";
import { inWords } from "./waterfall.js";

const $ = (id) => document.getElementById(id);
const kept = {
  get: (key) => localStorage.getItem("riposte." + key),
  set: (key, value) => localStorage.setItem("riposte." + key, value),
};

// Frames of 20 ms before the key went down that belong to what is said, and after it went up.
const framesBefore = 10;
const framesAfter = 10;

class Page {
  constructor() {
    this.log = new Log($("log"), $("announcer"), (isEmpty) => this.logChanged(isEmpty));
    this.choices = { opus: false };
    this.held = false;
    this.framesLeft = 0;
    this.recent = [];
    this.resetTurn();
    this.restoreChoices();
    this.listenToControls();
    this.listenToKeys();
    this.show();
    this.loaded = this.loadChoices();
  }

  resetTurn() {
    Object.assign(this, { isHearing: false, isThinking: false, isSounding: false, answer: null, silenced: null });
  }

  // MARK: Choosing

  get pushes() {
    return document.querySelector("input[name=mode]:checked").value === "push";
  }

  restoreChoices() {
    const check = (name, value) => {
      const input = document.querySelector(`input[name=${name}][value="${value}"]`);
      if (input) input.checked = true;
    };
    check("mode", kept.get("mode"));
    check("theme", kept.get("theme"));
    this.applyTheme();
    $("token").value = kept.get("token") ?? "";
  }

  applyTheme() {
    const theme = document.querySelector("input[name=theme]:checked").value;
    if (theme === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  }

  // What the server has to choose from.
  async loadChoices() {
    const token = $("token").value;
    let response;
    try {
      response = await fetch("/page/choices", { headers: token ? { Authorization: `Bearer ${token}` } : {} });
    } catch {
      return this.trouble("The server cannot be reached.", "Is it running?", () => this.loadChoices());
    }
    if (response.status === 401) {
      $("token-field").hidden = false;
      this.openSettings(true);
      const title = token ? "The token is not right." : "This server asks for a token.";
      $("token-note").textContent = title;
      $("token").focus();
      this.trouble(title, "Enter it under Settings.");
      return;
    }
    if (!response.ok) return this.trouble("The server is in trouble.", `It answered ${response.status}.`, () => this.loadChoices());
    this.trouble(null);
    if (token) this.openSettings(false);
    const choices = await response.json();
    fill($("project"), [["", choices.projects.map((name) => [name, name])]], kept.get("project"));
    const engines = Map.groupBy
      ? Map.groupBy(choices.voices, (voice) => voice.engine)
      : choices.voices.reduce((all, voice) => all.set(voice.engine, [...(all.get(voice.engine) ?? []), voice]), new Map());
    const groups = [...engines].map(([engine, voices]) => [
      engine, voices.map((voice) => [voice.name, `${voice.name} (${voice.language})`]),
    ]);
    const known = choices.voices.map((voice) => voice.name);
    if (!known.includes(choices.voice)) groups.unshift(["", [[choices.voice, choices.voice]]]);
    const wanted = kept.get("voice");
    fill($("voice"), groups, known.includes(wanted) ? wanted : choices.voice);
    this.choices.opus = choices.opus && (await knowsOpus());
    $("coding").textContent = this.choices.opus ? "Opus, 24 kbit/s" : "PCM, 24 kHz";
  }

  get conversation() {
    let name = sessionStorage.getItem("riposte.conversation");
    if (!name) {
      name = crypto.randomUUID();
      sessionStorage.setItem("riposte.conversation", name);
    }
    return name;
  }

  // MARK: Beginning and ending

  async start() {
    if (this.talk || this.isStarting) return;
    this.isStarting = true;
    this.trouble(null);
    this.show();
    try {
      await this.loaded;
      this.sound = await SoundSystem.open();
      this.loudspeaker = this.sound.loudspeaker((news) => this.playbackChanged(news));
      this.microphone = await this.sound.microphone(
        (samples, level) => this.hear(samples, level),
        () => this.stop().then(() => this.trouble("The microphone is gone.", "Connect it, and begin again.", () => this.start()))
      );
      this.connect();
    } catch (error) {
      await this.stop();
      this.trouble(error.message, error.advice ?? "", () => this.start());
    }
    this.isStarting = false;
    this.show();
  }

  connect() {
    this.talk = new Talk({
      project: $("project").value, voice: $("voice").value, token: $("token").value,
      conversation: this.conversation, pushToTalk: this.pushes, opus: this.choices.opus,
    });
    this.talk.addEventListener("state", ({ detail }) => this.connectionChanged(detail));
    this.talk.addEventListener("event", ({ detail }) => this.happened(detail));
    this.talk.addEventListener("sound", ({ detail }) => this.play(detail));
    this.talk.addEventListener("fault", ({ detail }) => this.trouble(detail.message, ""));
    this.talk.connect();
  }

  // Each connection has codecs of its own: they go on from packet to packet.
  openCoding() {
    this.coding?.close();
    const parts = [
      (bytes) => this.talk?.sendSound(bytes),
      (samples, rate) => this.loudspeaker?.play(samples, rate),
      () => this.fallBack(),
    ];
    this.coding = this.choices.opus ? new OpusCoding(...parts) : new PlainCoding(...parts);
  }

  // The browser's Opus has failed: the sound goes on without.
  async fallBack() {
    if (!this.choices.opus) return;
    this.choices.opus = false;
    $("coding").textContent = "PCM, 24 kHz";
    await this.connectAnew();
  }

  // With other choices; the conversation goes on.
  async connectAnew() {
    const talk = this.talk;
    if (!talk) return;
    this.talk = null;
    this.loudspeaker?.stop();
    await talk.end();
    this.log.settle();
    this.resetTurn();
    if (this.sound) this.connect();
    this.show();
  }

  async stop() {
    const { talk, microphone, loudspeaker, coding, sound } = this;
    Object.assign(this, { talk: null, microphone: null, loudspeaker: null, coding: null, sound: null, held: false });
    microphone?.close();
    loudspeaker?.close();
    coding?.close();
    this.setLevel(0);
    this.log.settle();
    this.resetTurn();
    this.show();
    await talk?.end();
    await sound?.close();
  }

  // MARK: Sound

  hear(samples, level) {
    this.setLevel(level);
    if (this.talk?.state !== "open") return;
    if (!this.pushes) return this.coding.pack(samples);
    if (this.held) {
      for (const frame of this.recent.splice(0)) this.coding.pack(frame);
      return this.coding.pack(samples);
    }
    if (this.framesLeft > 0) {
      this.coding.pack(samples);
      this.framesLeft -= 1;
      if (this.framesLeft === 0) this.coding.packed().then(() => this.talk?.commit());
      return;
    }
    this.recent.push(samples);
    if (this.recent.length > framesBefore) this.recent.shift();
  }

  setLevel(level) {
    const value = level > 0 ? Math.max(0, Math.min(1, (20 * Math.log10(level) + 60) / 50)) : 0;
    document.documentElement.style.setProperty("--level", value.toFixed(3));
    const now = performance.now();
    // A screen reader that asks gets a recent figure; it is not told each one.
    if (now - (this.levelShownAt ?? 0) < 250) return;
    this.levelShownAt = now;
    $("meter").setAttribute("aria-valuenow", Math.round(value * 100));
  }

  play({ bytes, response }) {
    if (response && response === this.silenced) return;
    this.coding.unpack(bytes);
  }

  playbackChanged({ kind, played }) {
    this.played = played;
    if (kind === "sounding") this.isSounding = true;
    else if (kind === "silent") this.isSounding = false;
    else return;
    this.show();
  }

  get canInterrupt() {
    return this.talk?.state === "open" && (this.isSounding || this.answer !== null);
  }

  interrupt() {
    if (!this.canInterrupt) return;
    this.silence();
    const { response, item, heardBefore } = this.answer ?? {};
    this.silenced = response;
    this.talk.interrupt(item, Math.round((heardBefore ?? 0) + (this.played ?? 0) * 1000));
    this.isSounding = false;
    this.show();
  }

  silence() {
    this.coding?.drop();
    this.loudspeaker?.stop();
  }

  // MARK: What the server tells

  connectionChanged({ state, wait }) {
    if (state === "lost") {
      this.silence();
      this.log.settle();
      this.resetTurn();
      const title = wait.isFull ? "The server is full." : "The connection is lost.";
      this.trouble(title, "It is tried again by itself. What was said is kept.", () => this.talk?.connect());
    } else if (state === "open") {
      this.openCoding();
      this.trouble(null);
    } else if (state === "refused") {
      this.stop();
    }
    this.show();
  }

  happened(event) {
    switch (event.type) {
      case "input_audio_buffer.speech_started":
        this.isHearing = true;
        this.log.opened(event.item_id);
        break;
      case "riposte.partial":
        this.log.partial(event.item_id, event.text);
        break;
      case "input_audio_buffer.speech_stopped":
        this.isHearing = false;
        this.isThinking = true;
        break;
      case "conversation.item.input_audio_transcription.completed":
        this.log.transcribed(event.item_id, event.transcript);
        break;
      case "response.created":
        this.isHearing = false;
        break;
      case "response.output_audio_transcript.delta":
        this.log.answered(event.item_id, event.delta);
        this.answer ??= { heardBefore: 0 };
        Object.assign(this.answer, { response: event.response_id, item: event.item_id });
        break;
      case "riposte.output_audio.began":
        this.isThinking = false;
        if (this.answer?.item !== event.item_id) this.answer = { heardBefore: 0 };
        Object.assign(this.answer, { response: event.response_id, item: event.item_id });
        this.loudspeaker?.begin();
        break;
      case "riposte.output_audio.ended":
        this.soundEnded(event);
        break;
      case "riposte.taken_back":
        this.log.remove(event.item_id);
        this.log.remove(event.input_item_id);
        break;
      case "response.done":
        this.answered(event.response);
        break;
      case "riposte.turn":
        this.accounted(event);
        break;
      case "riposte.conversation":
        this.remembered(event.turns);
        break;
      case "riposte.ended":
        this.goodbye();
        break;
      case "riposte.superseded":
        // Where two listened, both would answer.
        this.stop().then(() => this.trouble(
          "The conversation goes on in another window.", "What is said here would not be remembered.", () => this.start()));
        break;
    }
    this.show();
  }

  soundEnded(event) {
    if (!event.whole) {
      this.silence();
      if (this.answer) this.answer.heardBefore += event.heard_ms;
      return;
    }
    const { coding, loudspeaker } = this;
    coding?.unpacked().then(() => loudspeaker?.whole());
  }

  answered(response) {
    this.answer = null;
    this.isThinking = false;
    if (response.status === "cancelled") this.silence();
    for (const item of response.output) this.log.finished(item.id);
  }

  accounted(event) {
    this.isThinking = false;
    if (event.turn.outcome === "dropped") this.isHearing = false;
    this.log.accounted(event.input_item_id, event.item_id, event.turn);
    if (event.turn.responseLatencyMs > 0) $("latency").textContent = inWords(event.turn.responseLatencyMs);
  }

  remembered(turns) {
    if (this.log.isEmpty) return this.log.restore(turns);
    if (turns.length === 0) {
      this.trouble("The server has begun anew.", "It does not know what was said before.");
    }
  }

  // The conversation is over: what still sounds is heard to its end.
  async goodbye() {
    const talk = this.talk;
    for (let wait = 0; wait < 40 && this.isSounding; wait++) await new Promise((done) => setTimeout(done, 100));
    if (this.talk === talk) await this.stop();
  }

  // MARK: Showing

  get state() {
    if (this.isStarting) return ["connecting", "Connecting…"];
    switch (this.talk?.state) {
      case undefined: return ["closed", "Not connected"];
      case "connecting": return ["connecting", "Connecting…"];
      case "lost": return ["lost", "Reconnecting…"];
      case "open": break;
      default: return ["closed", "Not connected"];
    }
    if (this.isHearing || this.held) return ["hearing", "Hearing you"];
    if (this.isSounding) return ["speaking", "Speaking"];
    if (this.isThinking) return ["thinking", "Thinking"];
    return this.pushes ? ["ready", "Ready"] : ["listening", "Listening"];
  }

  show() {
    const [state, text] = this.state;
    const status = $("status");
    if (status.textContent !== text) status.textContent = text;
    status.dataset.state = state;
    document.querySelector("footer").dataset.state = state;
    const isOn = Boolean(this.talk) || Boolean(this.isStarting);
    $("interrupt").disabled = !this.canInterrupt;
    const talk = $("talk");
    talk.dataset.shows = isOn && !this.pushes ? "stop" : "microphone";
    talk.classList.toggle("held", this.held);
    if (this.pushes) talk.setAttribute("aria-pressed", String(this.held));
    else talk.removeAttribute("aria-pressed");
    const label = this.pushes ? "Hold to talk" : isOn ? "Stop talking" : "Start talking";
    if ($("talk-label").textContent !== label) $("talk-label").textContent = label;
    const hint = this.pushes
      ? "Hold the button, or the space bar, while you speak."
      : isOn ? "It listens, and answers when you are done." : "Press the button, and speak as you would to anyone.";
    if ($("hint").textContent !== hint) $("hint").textContent = hint;
    const keys = this.pushes ? [["Space", "hold to talk"], ["Esc", "interrupt"]] : [["Space", isOn ? "stop" : "start"], ["Esc", "interrupt"]];
    $("keys").replaceChildren(
      ...keys.flatMap(([key, what], index) => {
        const cap = document.createElement("kbd");
        cap.textContent = key;
        return [index ? "  ·  " : "", cap, ` ${what}`];
      })
    );
  }

  logChanged(isEmpty) {
    $("welcome").hidden = !isEmpty;
    const place = document.querySelector(".conversation");
    place.scrollTop = place.scrollHeight;
  }

  // A failure, what can be done about it, and the button that does it. Without a title all is well again.
  trouble(title, advice, retry) {
    const place = $("trouble");
    place.hidden = !title;
    if (!title) return;
    place.querySelector(".title").textContent = title;
    place.querySelector(".advice").textContent = advice;
    const button = place.querySelector("button");
    button.textContent = retry ? "Try again" : "Close";
    button.onclick = () => {
      place.hidden = true;
      retry?.();
    };
  }

  openSettings(isOpen) {
    $("settings").classList.toggle("open", isOpen);
    $("settings-button").setAttribute("aria-expanded", String(isOpen));
  }

  // MARK: Controls

  listenToControls() {
    for (const name of ["voice", "project"]) {
      $(name).addEventListener("change", () => {
        kept.set(name, $(name).value);
        this.connectAnew();
      });
    }
    $("token").addEventListener("change", () => {
      kept.set("token", $("token").value);
      this.loaded = this.loadChoices();
    });
    for (const input of document.querySelectorAll("input[name=theme]")) {
      input.addEventListener("change", () => {
        kept.set("theme", input.value);
        this.applyTheme();
      });
    }
    for (const input of document.querySelectorAll("input[name=mode]")) {
      input.addEventListener("change", () => {
        kept.set("mode", input.value);
        this.held = false;
        this.show();
        this.connectAnew();
      });
    }
    $("settings-button").addEventListener("click", () => this.openSettings(!$("settings").classList.contains("open")));
    $("interrupt").addEventListener("click", () => this.interrupt());
    $("forget").addEventListener("click", () => {
      sessionStorage.removeItem("riposte.conversation");
      this.log.clear();
      this.trouble(null);
      this.openSettings(false);
      this.connectAnew();
    });
    const talk = $("talk");
    talk.addEventListener("pointerdown", (event) => {
      if (!this.pushes || event.button !== 0) return;
      talk.setPointerCapture(event.pointerId);
      this.hold();
    });
    for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) {
      talk.addEventListener(name, () => this.release());
    }
    talk.addEventListener("contextmenu", (event) => this.pushes && event.preventDefault());
    talk.addEventListener("click", (event) => {
      if (!this.pushes) return this.talk ? this.stop() : this.start();
      // By a screen reader or a switch there is no holding: one press begins, the next ends.
      if (event.detail === 0) this.held ? this.release() : this.hold();
    });
  }

  listenToKeys() {
    const isOwn = (target) => target.closest?.("input, select, textarea, summary, button:not(#talk), a");
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        if (this.canInterrupt) this.interrupt();
        else this.openSettings(false);
      }
      if (event.code !== "Space" || isOwn(event.target)) return;
      event.preventDefault();
      if (event.repeat) return;
      if (this.pushes) this.hold();
      else if (this.talk) this.stop();
      else this.start();
    });
    document.addEventListener("keyup", (event) => {
      if (event.code !== "Space" || isOwn(event.target)) return;
      event.preventDefault();
      if (this.pushes) this.release();
    });
    // A key that goes up elsewhere is not seen.
    window.addEventListener("blur", () => this.release());
    window.addEventListener("resize", () => this.logChanged(this.log.isEmpty));
  }

  async hold() {
    if (this.held) return;
    this.held = true;
    this.framesLeft = 0;
    this.interrupt();
    this.show();
    if (!this.talk) await this.start();
  }

  release() {
    if (!this.held) return;
    this.held = false;
    this.framesLeft = framesAfter;
    this.show();
  }
}

// groups: [label, [value, text][]][]
function fill(select, groups, chosen) {
  select.replaceChildren(
    ...groups.flatMap(([label, options]) => {
      const made = options.map(([value, text]) => new Option(text, value, false, value === chosen));
      if (!label || groups.length === 1) return made;
      const group = document.createElement("optgroup");
      group.label = label;
      group.append(...made);
      return [group];
    })
  );
}

new Page();
