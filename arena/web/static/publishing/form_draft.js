// The form's answers, kept for as long as the window: they survive a reload and a refusal. No cell of the data is among them.
import { form } from "./page_parts.js";

const PLACE = "arena_new_challenge";

// `table` names the data that the answers are about: others get none of them.
export function save(table, texts) {
  const kept = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "csrf_token");
  const ticked = [...form.querySelectorAll("[type=checkbox]")].map((box) => [box.name, box.checked]);
  try {
    sessionStorage.setItem(PLACE, JSON.stringify({ table, kept, ticked, texts }));
  } catch {
    // Storage is closed or full: the answers then live as long as the page.
  }
}

export function load(table) {
  try {
    const found = JSON.parse(sessionStorage.getItem(PLACE));
    return found?.table === table ? found : null;
  } catch {
    return null;
  }
}

// Fill in what the form has fields for.
export function fill({ kept, ticked }) {
  for (const [name, value] of kept) {
    const input = form.elements[name];
    if (input && !["checkbox", "file"].includes(input.type) && name !== "mode") input.value = value;
  }
  for (const [name, checked] of ticked) if (form.elements[name]) form.elements[name].checked = checked;
}
