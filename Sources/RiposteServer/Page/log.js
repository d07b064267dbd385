// What was said, as it is shown.

import { bar, cascade, inWords } from "./waterfall.js";

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

export class Log {
  // list: where it is shown; announcer: where a screen reader hears it, once it is certain.
  constructor(list, announcer, onChange) {
    this.list = list;
    this.announcer = announcer;
    this.onChange = onChange;
    this.clear();
  }

  clear() {
    this.list.replaceChildren();
    this.announcer.replaceChildren();
    this.entries = new Map();
    this.showsPictures = false;
    this.onChange(true);
  }

  get isEmpty() {
    return this.list.childElementCount === 0;
  }

  entry(id, who) {
    let entry = this.entries.get(id);
    if (entry) return entry;
    const item = element("li", `entry ${who}`);
    item.append(element("span", "hidden", who === "user" ? "You: " : "Answer: "));
    const text = item.appendChild(element("p", "text"));
    entry = { item, text, who, said: "" };
    this.entries.set(id, entry);
    this.list.append(item);
    return entry;
  }

  write(entry, text) {
    entry.said = text;
    entry.text.textContent = text;
    this.onChange(this.isEmpty);
  }

  announce(text) {
    this.announcer.append(element("p", "", text));
    while (this.announcer.childElementCount > 20) this.announcer.firstChild.remove();
  }

  remove(id) {
    this.entries.get(id)?.item.remove();
    this.entries.delete(id);
    this.onChange(this.isEmpty);
  }

  // The user begins to speak; nothing is known of it yet.
  opened(id) {
    const entry = this.entry(id, "user");
    entry.item.classList.add("open");
    if (!entry.said) this.write(entry, "…");
  }

  partial(id, text) {
    if (!text) return;
    const entry = this.entry(id, "user");
    entry.item.classList.add("open");
    this.write(entry, text);
  }

  transcribed(id, text) {
    if (!text) return this.remove(id);
    const entry = this.entry(id, "user");
    entry.item.classList.remove("open");
    this.write(entry, text);
    this.announce(`You: ${text}`);
  }

  answered(id, text) {
    const entry = this.entry(id, "assistant");
    entry.item.classList.add("open");
    this.write(entry, entry.said + text);
  }

  finished(id) {
    const entry = this.entries.get(id);
    if (!entry) return;
    if (!entry.said.trim()) return this.remove(id);
    entry.item.classList.remove("open");
    this.announce(entry.said);
  }

  // The turn is over. What was not heard of the answer is told apart, and how long it took is shown.
  accounted(user, answer, turn) {
    const question = this.entries.get(user);
    if (question && question.item.classList.contains("open")) this.remove(user);
    const entry = this.entries.get(answer);
    if (!entry) return;
    const said = entry.said.trim();
    const heard = turn.heard.trim();
    if (turn.outcome === "interrupted" && heard.length < said.length && said.startsWith(heard)) {
      entry.text.replaceChildren(heard + (heard ? " " : ""), element("s", "", said.slice(heard.length).trim()));
      entry.text.append(element("span", "hidden", " (interrupted)"));
    }
    if (turn.stages.length && turn.responseLatencyMs > 0) entry.item.append(this.picture(turn));
    this.onChange(this.isEmpty);
  }

  picture(turn) {
    const details = element("details", "waterfall");
    const summary = details.appendChild(element("summary"));
    summary.append(element("span", "hidden", "Time to the first sound: "));
    summary.append(element("span", "latency", inWords(turn.responseLatencyMs)), bar(turn));
    details.addEventListener("toggle", () => {
      this.showsPictures = details.open;
      details.querySelector(".cascade")?.remove();
      if (!details.open) return;
      details.append(cascade(turn, Math.max(280, Math.min(560, details.clientWidth) - 32)));
      details.scrollIntoView({ block: "nearest" });
    });
    details.open = this.showsPictures;
    return details;
  }

  // What was said before the page was opened.
  restore(turns) {
    turns.forEach((turn, index) => {
      for (const who of ["user", "assistant"]) {
        if (turn[who]) this.write(this.entry(`kept-${index}-${who}`, who), turn[who]);
      }
    });
  }

  // The connection is gone: what was under way stays as far as it is known.
  settle() {
    for (const [id, entry] of this.entries) {
      if (entry.item.classList.contains("open")) {
        if (entry.said === "…") this.remove(id);
        else entry.item.classList.remove("open");
      }
    }
  }
}
