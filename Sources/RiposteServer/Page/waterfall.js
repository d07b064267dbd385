// The waterfall of a turn as a picture: from the end of what the user said to the first sound of the answer.

const space = "http://www.w3.org/2000/svg";

export const stages = {
  endpoint: "Knowing you are done",
  transcript: "Transcript",
  reply: "Answer",
  synthesis: "Voice",
  playback: "On its way",
};

function node(name, attributes, text) {
  const element = document.createElementNS(space, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

export function inWords(milliseconds) {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(2)} s`;
}

// The axis ends at a second, or where it takes longer, at the next half.
function end(total) {
  return Math.max(1000, Math.ceil(total / 500) * 500);
}

function parts(turn) {
  let start = 0;
  return turn.stages.map(({ name, ms }) => {
    const part = { name, ms, start, label: stages[name] ?? name };
    start += ms;
    return part;
  });
}

// One line: a bar in the colours of its stages.
export function bar(turn) {
  const limit = end(turn.responseLatencyMs);
  const picture = node("svg", { class: "bar", viewBox: "0 0 1000 10", preserveAspectRatio: "none", "aria-hidden": "true" });
  picture.append(node("rect", { class: "track", x: 0, y: 0, width: 1000, height: 10, rx: 5 }));
  for (const part of parts(turn)) {
    if (part.ms <= 0) continue;
    const x = (part.start / limit) * 1000;
    const width = Math.max(3, (part.ms / limit) * 1000);
    picture.append(node("rect", { class: `stage ${part.name}`, x, y: 0, width, height: 10 }));
  }
  return picture;
}

// A row for each stage, one below the other as they follow each other. width: in pixels, of the place it gets.
export function cascade(turn, width) {
  const limit = end(turn.responseLatencyMs);
  const rows = parts(turn);
  const [left, row, top] = [0, 34, 8];
  const height = top + rows.length * row + 26;
  const place = (ms) => left + (ms / limit) * width;
  const words = rows.map((part) => `${part.label.toLowerCase()} ${inWords(part.ms)}`).join(", ");
  const picture = node("svg", {
    class: "cascade", viewBox: `0 0 ${width} ${height}`, role: "img",
    "aria-label": `First sound ${inWords(turn.responseLatencyMs)} after you were done: ${words}.`,
  });
  for (let ms = 0; ms <= limit; ms += limit / 4) {
    const x = Math.min(width - 0.5, Math.max(0.5, place(ms)));
    picture.append(node("line", { class: "grid", x1: x, x2: x, y1: top, y2: height - 22 }));
    const anchor = ms === 0 ? "start" : ms === limit ? "end" : "middle";
    picture.append(node("text", { class: "tick", x, y: height - 6, "text-anchor": anchor }, inWords(ms)));
  }
  rows.forEach((part, index) => {
    const y = top + index * row;
    picture.append(node("text", { class: "label", x: left + 6, y: y + 12 }, part.label));
    picture.append(node("text", { class: "figure", x: width - 6, y: y + 12, "text-anchor": "end" }, inWords(part.ms)));
    const bar = node("rect", {
      class: `stage ${part.name}`, x: place(part.start), y: y + 18, height: 9, rx: 3,
      width: Math.max(2, place(part.ms) - left),
    });
    bar.append(node("title", {}, `${part.label}: ${inWords(part.ms)}`));
    picture.append(bar);
  });
  return picture;
}
