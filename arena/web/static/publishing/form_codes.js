// One select for each value of the outcome's column: what does it mean?
import { facts } from "./columns.js";
import { element, options, part } from "./page_parts.js";
import { say } from "./words.js";

const MOST = 12; // more values than these are no codes

export function draw(asked, role, names) {
  const { place } = asked.roles[role];
  const { kinds } = facts(asked.rows, place, asked.marks);
  const box = part("codes-list");
  const wanted = JSON.stringify([asked.kind, place, kinds]);
  part("codes").hidden = !asked.one;
  if (box.dataset.drawn === wanted) return;
  box.dataset.drawn = wanted;
  if (kinds === null || kinds.length > MOST) {
    box.replaceChildren(element("p", say("값이 너무 많아 사건의 열일 수 없습니다.", "It holds too many values to be the column of the event."), { class: "hint" }));
    return;
  }
  box.replaceChildren(...kinds.map((value, at) => field(value, at, kinds, asked.kind, role, names[place])));
}

function field(value, at, kinds, kind, role, name) {
  const made = element("div", "", { class: "field" });
  const select = element("select", "", { id: `f-code-${at}`, "data-code": value, name: `code:${value}` });
  const label = element("label", "", { for: select.id });
  label.append(element("code", `${name} = ${value}`));
  options(select, meanings(kind, role), guessed(value, kinds, kind));
  made.append(label, select);
  return made;
}

const meanings = (kind, role) => [
  ["", say("쓸 수 없는 값", "not allowed")],
  ["0", role === "event" ? say("사건 없이 관찰이 끝남", "no event, censored") : say("아니요", "no")],
  ["1", role === "event" ? say("사건", "the event") : say("예", "yes")],
  ...(kind === "competing" ? [["2", say("다른 원인의 사건", "an event of another cause")]] : []),
];

// 0 and 1 mean themselves; of 1 and 2, as in R's old data sets, 2 is the event; of words, the ones that say so.
function guessed(value, kinds, kind) {
  if (/^(0|no|n|false|alive|censored)$/i.test(value)) return "0";
  if (kinds.join() === "1,2") return value === "2" ? "1" : "0";
  if (/^(1|yes|y|true|dead|died|death|event)$/i.test(value)) return "1";
  return value === "2" && kind === "competing" ? "2" : "";
}
