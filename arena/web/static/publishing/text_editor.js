// The generated texts, to be read and filled in before they are sent.
import { element, part } from "./page_parts.js";
import { plural, say } from "./words.js";

const MARKS = /^> (?:채울 곳:|To fill in:)/gm; // as challenges/gaps.py writes them
let generated = {};
let recalled = {}; // what was written before the page was loaded anew

const editable = (name) => name.endsWith(".md");

const gapsWords = (text) => {
  const gaps = text.match(MARKS)?.length ?? 0;
  return gaps === 0 ? "" : say(`, 채울 곳 ${gaps}`, `, ${plural(gaps, "gap")}`);
};

// Show each text closed, with the number of its gaps. What the organizer has written is kept; a new draft is offered beside it.
export function draw(texts) {
  const before = { ...recalled, ...edited() };
  part("texts").replaceChildren(
    ...Object.keys(texts)
      .filter(editable)
      .sort()
      .map((name) => box(name, texts[name], before[name])),
  );
  generated = { ...texts };
}

function box(name, text, before) {
  const kept = before !== undefined && before !== generated[name] ? before : text;
  const made = element("details");
  const summary = element("summary");
  const words = element("span", gapsWords(kept));
  const area = element("textarea", "", { rows: "14", "aria-label": name, "data-text": name, spellcheck: "true" });
  area.lang = name.includes(".ko.") ? "ko" : "en";
  area.value = kept;
  area.addEventListener("input", () => { words.textContent = gapsWords(area.value); });
  summary.append(element("code", name), words);
  made.append(summary, area);
  if (kept !== text) {
    const again = element("button", say("새로 만든 글로 바꾸기", "Take the new draft"), { type: "button", class: "bare" });
    again.addEventListener("click", () => {
      area.value = text;
      words.textContent = gapsWords(text);
      again.remove();
    });
    made.append(again);
  }
  return made;
}

export function recall(texts) {
  recalled = texts;
}

export function edited() {
  return Object.fromEntries([...part("texts").querySelectorAll("[data-text]")].map((area) => [area.dataset.text, area.value]));
}
