// The table of columns: what each holds, whether it is released, and what it means.
import { facts, type } from "./columns.js";
import { part } from "./page_parts.js";
import { count, plural, say } from "./words.js";

const FEW = 12; // so many kinds at most can be split evenly or be subgroups
const field = (row, name) => row.querySelector(`[data-field="${name}"]`);

const short = (text) => (text.length > 18 ? `${text.slice(0, 17)}…` : text);

function preview({ kinds, missing, numbers, low, high }) {
  const held = kinds !== null && (kinds.length <= FEW || !numbers) ? kinds.slice(0, 6).map(short).join(", ") + (kinds.length > 6 ? ", …" : "") : numbers ? `${low}–${high}` : say("서로 다른 글", "various text");
  const number = kinds === null ? say("값이 많음", "many values") : say(`${count(kinds.length)}가지`, plural(kinds.length, "kind"));
  const empty = missing > 0 ? say(`, 빈 칸 ${count(missing)}`, `, ${count(missing)} empty`) : "";
  return `${held} (${number}${empty})`;
}

// Draw a row for each column that is none of the `roles`; answers given before for the same column are kept.
export function draw(columns, rows, { roles, marks, constant, fixed = false }) {
  const body = part("columns");
  const wanted = JSON.stringify([columns, rows.length, roles, marks, constant, fixed]);
  if (body.dataset.drawn === wanted) return; // drawing anew would take the field away from under who types in it
  body.dataset.drawn = wanted;
  const given = answers();
  const template = document.querySelector("template[data-column]");
  body.replaceChildren(
    ...columns.flatMap((name, place) => {
      if (roles.includes(place)) return [];
      const found = facts(rows, place, marks);
      const row = template.content.firstElementChild.cloneNode(true);
      row.dataset.place = place;
      row.querySelector("[data-name]").textContent = name;
      row.querySelector("[data-preview]").textContent = preview(found);
      const few = !fixed && found.kinds !== null && found.kinds.length <= FEW && found.kinds.length > 1;
      for (const name of ["strata", "group"]) {
        field(row, name).disabled = !few;
        field(row, name).closest("label").hidden = !few;
      }
      const idle = found.kinds !== null && found.kinds.length < 2;
      // What says nothing, what only numbers the rows, and text of many kinds, which may name a person.
      const suspect = idle || place === constant || (found.kinds === null && !found.numbers);
      Object.assign(field(row, "release"), { checked: fixed || !suspect, disabled: fixed });
      field(row, "type").value = type(found);
      for (const input of row.querySelectorAll("[data-field]")) {
        input.name = `${input.dataset.field}:${name}`;
        const label = input.getAttribute("aria-label");
        if (label) input.setAttribute("aria-label", `${label}, ${name}`);
      }
      restore(row, given.find((one) => one.name === name));
      field(row, "type").addEventListener("change", () => offer(row));
      offer(row);
      return [row];
    }),
  );
}

// A category has codes to explain, a number has a unit.
function offer(row) {
  const category = field(row, "type").value === "category";
  field(row, "codes").hidden = !category;
  field(row, "unit").hidden = category;
}

function restore(row, before) {
  if (before === undefined) return;
  for (const name of ["type", "unit", "codes", "ko", "en"]) field(row, name).value = before[name];
  for (const name of ["release", "strata", "group"]) field(row, name).checked = before[name] && !field(row, name).disabled;
}

// Return what is written in the table, in the order of the data.
export function answers() {
  return [...part("columns").rows].map((row) => ({
    place: Number(row.dataset.place),
    name: row.querySelector("[data-name]").textContent,
    ...Object.fromEntries(["type", "unit", "codes", "ko", "en"].map((name) => [name, field(row, name).value.trim()])),
    ...Object.fromEntries(["release", "strata", "group"].map((name) => [name, field(row, name).checked])),
  }));
}
