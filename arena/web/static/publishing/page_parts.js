// What the form and the zip page share: what must be mended, the key, progress, and the panel before sending.
import { fromHex } from "./bytes.js";
import { fingerprint, sha256Hex } from "./digest.js";
import { count, Mend, plural, say } from "./words.js";

export const form = document.querySelector("[data-publishing]");
export const part = (name) => form.querySelector(`[data-${name}]`);
export const parts = (name) => form.querySelectorAll(`[data-${name}]`);

export function element(tag, text = "", attributes = {}) {
  const made = document.createElement(tag);
  made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

export function options(select, pairs, chosen = "") {
  select.replaceChildren(...pairs.map(([value, words]) => element("option", words, { value })));
  select.value = chosen;
  if (select.selectedIndex < 0) select.selectedIndex = 0;
}

export const size = (bytes) => (bytes < 1000 ? `${bytes} B` : bytes < 1_000_000 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`);

// A file that was mended is chosen again under its name: without this no browser would say that anything changed.
export function choosable(input) {
  input.addEventListener("click", () => { input.value = ""; });
}

// The next frame has been painted before a long act begins.
export const painted = () => new Promise((resolve) => { requestAnimationFrame(() => setTimeout(resolve)); });

// The key that the page carries, and whether this browser has sealed for another one before.
export function theKey() {
  const key = fromHex(form.dataset.key);
  const print = fingerprint(key);
  if (part("fingerprint").textContent !== print) throw new Mend(say("열쇠와 지문이 서로 다릅니다. 화면을 새로 여십시오.", "The key and its fingerprint do not belong together. Reload the page."));
  return { key, print };
}

export function pinKey() {
  const { print } = theKey();
  try {
    const known = localStorage.getItem("arena_labels_key");
    if (known !== null && known !== print) {
      const note = part("key-note");
      note.textContent = say(
        `이 브라우저가 전에 쓴 열쇠(${known})와 다릅니다. 운영자에게 까닭을 들은 다음에만 봉인하십시오.`,
        `This is not the key that this browser used before (${known}). Seal only once the operator has told you why.`,
      );
      note.className = "error";
    }
    return () => localStorage.setItem("arena_labels_key", print);
  } catch {
    return () => {}; // storage is closed to this page; there is nothing to compare with
  }
}

export function clearTrouble() {
  part("trouble").hidden = true;
  for (const field of form.querySelectorAll(".field.wrong")) field.classList.remove("wrong");
  for (const line of form.querySelectorAll("p.error[data-said]")) line.remove();
  for (const input of form.querySelectorAll("[aria-invalid]")) input.removeAttribute("aria-invalid");
}

// What the server refused, as something to mend: sentences for fields of ours, and for places in the files.
export function refused({ message, fields = {}, mistakes = [] }) {
  const places = mistakes.map(({ file, line, message: sentence }) => `${file}${line ? say(` ${count(line)}번째 줄`, `, line ${count(line)}`) : ""}: ${sentence}`);
  return Object.assign(new Mend(message), { fields, places });
}

// Show sentences with links to their fields, as the server's own summary does, and the sentence again at the field.
export function showTrouble(headline, fields = {}, places = []) {
  const box = part("trouble");
  box.querySelector("h2").textContent = headline;
  const list = box.querySelector("ul");
  list.replaceChildren();
  for (const [name, sentence] of Object.entries(fields)) {
    const item = element("li");
    const input = document.getElementById(`f-${name}`);
    if (input === null || input.closest("[hidden]")) item.textContent = sentence;
    else {
      const label = input.labels?.[0]?.textContent.trim() ?? name;
      item.append(element("a", `${label}: ${sentence}`, { href: `#f-${name}` }));
      marked(input, name, sentence);
    }
    list.append(item);
  }
  list.append(...places.map((sentence) => element("li", sentence)));
  box.hidden = false;
  box.focus();
}

function marked(input, name, sentence) {
  const field = input.closest(".field");
  field?.classList.add("wrong");
  input.setAttribute("aria-invalid", "true");
  if (field && sentence) field.append(element("p", sentence, { class: "error", "data-said": "", id: `e-${name}` }));
}

// Run an act; what the organizer can mend is shown, and what is our own fault too, without losing an answer.
export async function tried(act) {
  clearTrouble();
  try {
    await act();
  } catch (error) {
    progress(null);
    if (error.places) showTrouble(error.message, error.fields, error.places);
    else if (!(error instanceof Mend)) {
      console.error(error);
      showTrouble(say("이 화면의 잘못으로 멈췄습니다. 보낸 것은 없습니다. 파일과 답은 그대로입니다.", "It stopped through a fault of this page. Nothing was sent; your file and answers are kept."));
    } else if (error.field) showTrouble(say("고칠 것이 있습니다", "Something must be mended"), { [error.field]: error.message });
    else showTrouble(error.message);
  }
}

export function progress(step, share = 0) {
  part("progress").hidden = step === null;
  if (step === null) return;
  part("step").textContent = step;
  part("bar").value = share;
}

const WORDS = {
  "challenge.toml": () => say("정의", "the definition"),
  "labels.sealed": () => say("봉인한 결과. 채점기만 엽니다", "sealed outcomes, for the workers only"),
};

const what = (name) =>
  WORDS[name]?.() ?? (name.endsWith(".md") ? say("글", "text") : /\.csv(\.gz)?$/.test(name) ? say("자료", "data") : say("그 밖", "other"));

// Show what was sealed and what would be sent. `made`: files, sealed, headline, more, left.
export function showReady(made) {
  part("verdict-line").textContent = made.headline;
  part("verdict-more").textContent = made.more ?? "";
  part("verdict-gaps").textContent = made.gaps ?? "";
  part("digest").textContent = made.sealed ? `SHA-256 ${sha256Hex(made.sealed)}` : "";
  const rows = [...Object.entries(made.files).sort(([a], [b]) => (a < b ? -1 : 1)), ...(made.sealed ? [["labels.sealed", made.sealed]] : [])];
  part("files").replaceChildren(
    ...rows.map(([name, content]) => {
      const row = element("tr");
      const head = element("th", "", { scope: "row" });
      head.append(element("code", name));
      row.append(head, element("td", what(name)), element("td", size(content.length), { class: "r" }));
      return row;
    }),
  );
  part("left").textContent = made.left.length === 0 ? "" : say(`남는 것: ${made.left.join(", ")}`, `Staying behind: ${made.left.join(", ")}`);
  part("ready").hidden = false;
  part("ready").querySelector(".decision").focus();
}

export function save(name, bytes) {
  const address = URL.createObjectURL(new Blob([bytes], { type: "application/zip" }));
  const link = element("a", "", { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

export const sealedWords = (rows) =>
  say(`시험 환자 ${count(rows)}명의 결과를 봉인했습니다`, `The outcomes of ${plural(rows, "test patient")} are sealed`);
