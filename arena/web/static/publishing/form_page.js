// The form that makes a challenge from one table, or from three that are split already. Everything that holds an outcome of a
// test patient stays in this page until it is sealed.
import * as columnTable from "./column_table.js";
import { facts, isMissing, likely, named, telling } from "./columns.js";
import * as codes from "./form_codes.js";
import * as draft from "./form_draft.js";
import { questions } from "./form_answers.js";
import { make, preview } from "./form_making.js";
import { choosable, clearTrouble, element, form, options, painted, part, parts, pinKey, progress, refused, save, sealedWords, showReady, tried } from "./page_parts.js";
import { send } from "./sending.js";
import { newSeed } from "./split.js";
import { read } from "./tables.js";
import * as textEditor from "./text_editor.js";
import { count, Mend, plural, say } from "./words.js";

const field = (name) => form.elements[name];
const state = { tables: {}, source: null, names: [], ready: null };
const pin = pinKey();

// ---------- the data ----------

async function loading({ target }) {
  const [file] = target.files;
  if (file === undefined) return;
  part("read").textContent = say("읽는 중", "Reading");
  await painted();
  const bytes = new Uint8Array(await file.arrayBuffer());
  const table = { ...read(bytes, file.name), bytes };
  state.tables[target.name] = table;
  if (mode() === "one") state.tables = { file_one: table };
  settle();
}

const mode = () => field("mode").value;

// Once everything is there that the mode needs, show the rest of the form.
function settle() {
  const { file_one: one, file_train: train, file_test: test, file_labels: labels } = state.tables;
  const complete = mode() === "one" ? one !== undefined : train && test && labels;
  state.source = complete ? one ?? labels : null;
  state.drawn = null;
  for (const box of parts("after")) box.hidden = !complete;
  const held = Object.values(state.tables);
  part("read").textContent = held.map(sizeOf).join(" ") + (complete || held.length === 0 ? "" : say(" 나머지 파일을 고르십시오.", " Choose the other files."));
  if (!complete) return;
  state.names = mode() === "one" ? named(state.source.names) : state.source.names;
  notes(held);
  fillRoles();
  suggestRows();
  restoreDraft();
  refresh();
}

const sizeOf = (table) =>
  say(
    `${table.name}: ${count(table.rows.length)}줄, ${count(table.names.length)}열. 이 브라우저에서만 읽었습니다.`,
    `${table.name}: ${plural(table.rows.length, "row")}, ${plural(table.names.length, "column")}, read in this browser only.`,
  );

function notes(tables) {
  const found = tables.filter((table) => table.converted).map((table) => say(`${table.name}은(는) CP949로 저장된 파일이어서 UTF-8로 바꾸어 읽었습니다.`, `${table.name} was saved as CP949; it is read as that and published as UTF-8.`));
  const renamed = state.names.filter((name, place) => name !== state.source.names[place]);
  if (renamed.length > 0 && mode() === "one") found.push(say(`이름을 고친 열: ${renamed.join(", ")}. 빈칸과 기호는 쓸 수 없습니다.`, `Renamed columns: ${renamed.join(", ")}. Blanks and signs are not possible in a name.`));
  if (tables.some((table) => table.rows.some((row) => row.some((cell) => cell !== "" && isMissing(cell, true))))) field("marks").checked = true;
  part("notes").replaceChildren(...found.map((sentence) => element("li", sentence)));
}

function fillRoles() {
  const all = state.names.map((name, place) => [String(place), name]);
  const none = ["-1", say("없음", "none")];
  const taken = [];
  for (const role of ["id", "time", "event", "outcome"]) {
    const place = likely(role, state.names, role === "outcome" ? taken.slice(0, 1) : taken);
    if (place >= 0) taken.push(place);
    options(field(role), role === "id" && mode() === "one" ? [none, ...all] : all, String(place));
  }
  options(field("split"), [["-1", say("없음. 여기서 뽑습니다", "none; drawn here")], ...all], String(state.names.findIndex((name) => /^(split|usage|part)$/i.test(name))));
  options(field("keep_column"), [["-1", say("모든 줄", "all rows")], ...all], "-1");
}

// Where a patient has several rows, the column that tells them apart is chosen, and the organizer sees it.
function suggestRows() {
  const place = Number(field("id").value);
  const told = mode() === "one" && place >= 0 && new Set(state.source.rows.map((row) => row[place])).size < state.source.rows.length;
  const found = told ? telling(state.source.rows, place, state.names, true) : null;
  field("keep_column").value = String(found?.place ?? -1);
  keepValues(found?.value);
}

function keepValues(chosen) {
  const place = Number(field("keep_column").value);
  const kinds = place < 0 ? [] : facts(state.source.rows, place, false).kinds ?? [];
  options(field("keep_value"), kinds.map((kind) => [kind, kind]), chosen);
  field("keep_value").disabled = place < 0;
}

// ---------- what follows from an answer ----------

const kind = () => field("kind").value;

function refresh() {
  for (const box of parts("mode")) box.hidden = box.dataset.mode !== mode();
  for (const box of parts("kind")) box.hidden = !box.dataset.kind.split(" ").includes(kind());
  if (state.source === null) return;
  const asked = questions(state, field);
  codes.draw(asked, kind() === "binary" ? "outcome" : "event", state.names);
  drawKept(asked);
  columnsOf(asked);
  chooseMetric();
  redraw();
}

function drawKept(asked) {
  const all = state.source.rows.length;
  const ids = asked.idPlace < 0 ? null : new Set(asked.rows.map((row) => row[asked.idPlace])).size;
  const rows = say(`${count(all)}줄 가운데 ${count(asked.rows.length)}줄을 남깁니다.`, `${count(asked.rows.length)} of ${plural(all, "row")} are kept.`);
  const people = ids === null ? "" : ids === asked.rows.length ? say(" 번호는 모두 다릅니다.", " Every id stands once.") : say(` 번호는 ${count(ids)}가지입니다. 환자마다 한 줄이 남도록 줄을 고르십시오.`, ` There are ${count(ids)} different ids: choose the rows so that each patient has one.`);
  part("kept").textContent = rows + people;
  part("kept").classList.toggle("error", ids !== null && ids !== asked.rows.length);
  const lacking = asked.rows.filter((row) => Object.values(asked.roles).some(({ place }) => isMissing(row[place], asked.marks))).length;
  part("missing").hidden = lacking === 0;
  if (lacking > 0) part("missing").querySelector("label span").textContent = say(`결과가 빈 환자 ${count(lacking)}명을 뺍니다`, `Leave out the ${plural(lacking, "patient")} without an outcome`);
}

function columnsOf(asked) {
  const roles = [asked.idPlace, ...Object.values(asked.roles).map(({ place }) => place)];
  const keep = asked.keep?.place ?? -1;
  if (mode() === "one") columnTable.draw(state.names, asked.rows, { roles, marks: asked.marks, constant: rowNumbers() ?? keep });
  else {
    const { file_test: test } = state.tables;
    columnTable.draw(test.names, test.rows, { roles: [test.names.indexOf(asked.names.id)], marks: asked.marks, constant: -1, fixed: true });
  }
}

// What R's write.csv puts before the first column: the number of each row.
function rowNumbers() {
  const first = state.source.names[0];
  return first === "" || /^row_?names?$/i.test(first) ? 0 : null;
}

function chooseMetric() {
  const shown = [...form.querySelectorAll("[name=primary]")].filter((input) => !input.closest(".choice").hidden);
  if (!shown.some((input) => input.checked)) shown.find((input) => "recommended" in input.dataset).checked = true;
  const days = horizons();
  options(field("at"), days.map((day) => [String(day), say(`${day}일`, `day ${day}`)]), field("at").value || String(days[Math.floor(days.length / 2)]));
  const metric = form.querySelector("[name=primary]:checked");
  field("at").closest("[data-kind]").hidden = kind() === "binary" || !/horizon|tau/.test(metric.dataset.parameters);
}

const horizons = () => field("horizons").value.split(/[,\s]+/).filter(Boolean).map(Number).filter((day) => day > 0).sort((a, b) => a - b);

// ---------- the split, as it would be ----------

let drawing = 0;
function redraw() {
  clearTimeout(drawing);
  const asked = questions(state, field);
  const wanted = JSON.stringify([asked.one, asked.kind, asked.keep, asked.roles, asked.idPlace, asked.percent, asked.percentPublic, asked.splitPlace, asked.seed, asked.strata, asked.marks]);
  if (state.drawn === wanted) return;
  state.drawn = wanted;
  drawing = setTimeout(() => {
    const cells = [...part("parts").rows].map((row) => [...row.cells].slice(1));
    try {
      const { parts: found, longest } = preview(state, asked);
      Object.values(found).forEach(({ rows, events }, at) => {
        cells[at][0].textContent = count(rows);
        cells[at][1].textContent = count(events);
      });
      part("follow").textContent = longest === null ? "" : say(`가장 오래 관찰한 환자는 ${count(Math.floor(longest))}일입니다.`, `The longest follow-up is ${plural(Math.floor(longest), "day")}.`);
    } catch (error) {
      if (!(error instanceof Mend)) throw error;
      for (const cell of cells.flat()) cell.textContent = "–"; // said in words when it is to be sealed
    }
  }, 250);
}

// ---------- sealing and sending ----------

async function sealing() {
  const asked = questions(state, field, { strict: true });
  state.ready = await make(state, asked, (step, share) => progress(step, share));
  progress(null);
  const { labels, parts: found } = state.ready;
  textEditor.draw(state.ready.texts);
  showReady({
    files: state.ready.files,
    sealed: state.ready.sealed,
    headline: sealedWords(labels.rows.length),
    more: say(
      `학습 ${count(found.train.rows)}명, 공개 시험 ${count(found.public.rows)}명, 비공개 시험 ${count(found.private.rows)}명.`,
      `${count(found.train.rows)} for training, ${count(found.public.rows)} public, ${count(found.private.rows)} private.`,
    ),
    gaps: unexplained(asked),
    left: [say("시험 환자의 봉인하지 않은 결과", "the test patients’ outcomes, unsealed"), ...(mode() === "one" ? [say("원자료, 원래 번호, 씨앗", "the source, the original ids, the seed")] : [])],
  });
  part("texts-part").hidden = false;
  part("keep").hidden = false;
  part("keep-note").hidden = false;
}

const unexplained = ({ released }) => {
  const bare = released.filter((column) => column.ko === "" || column.en === "").length;
  return bare === 0 ? "" : say(`뜻을 두 언어로 적지 않은 열이 ${count(bare)}개 있습니다. 자료 사전에 ‘채울 곳’으로 나옵니다.`, `${plural(bare, "column")} without a meaning in both languages: the dictionary will say “To fill in” there.`);
};

async function sending() {
  clearTrouble();
  const bundle = state.ready.bundle(textEditor.edited());
  const answer = await send(form.dataset.post, bundle, state.ready.sealed, (share) => progress(say("보내는 중", "sending"), share));
  pin();
  if (!answer.url) throw refused(answer);
  location.assign(answer.url);
}

// ---------- answers survive a reload and a refusal; files cannot ----------

function saveDraft() {
  // While there is no table, what an earlier one was answered with must not be written over.
  if (state.source !== null) draft.save(state.source.names.join(), textEditor.edited());
}

function restoreDraft() {
  const before = draft.load(state.source.names.join());
  if (before === null) return;
  textEditor.recall(before.texts);
  part("notes").append(element("li", say("앞서 적은 답을 되돌렸습니다.", "The answers that you gave before are back.")));
  // Twice: the first pass chooses the columns, from which the second's fields are drawn.
  for (let pass = 0; pass < 2; pass += 1) {
    draft.fill(before);
    if (pass === 0) keepValues(before.kept.find(([name]) => name === "keep_value")?.[1]);
    refresh();
  }
}

// ---------- wiring ----------

form.hidden = false;
field("seed").value = newSeed();
refresh();

// A browser may bring the files back after a reload.
tried(async () => {
  for (const input of form.querySelectorAll("[type=file]")) await loading({ target: input });
});
for (const input of form.querySelectorAll("[type=file]")) choosable(input);

form.addEventListener("change", (event) => {
  const { name, type } = event.target;
  if (event.target.closest("[data-texts]")) {
    saveDraft();
    return;
  }
  part("ready").hidden = true;
  if (type === "file") {
    tried(() => loading(event));
    return;
  }
  if (name === "mode") {
    state.tables = {};
    for (const input of form.querySelectorAll("[type=file]")) input.value = "";
    settle();
  }
  if (name === "id") suggestRows();
  if (name === "keep_column") keepValues();
  refresh();
  saveDraft();
});
form.addEventListener("input", saveDraft);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  tried(sealing);
});
part("new-seed").addEventListener("click", () => {
  field("seed").value = newSeed();
  part("ready").hidden = true;
  redraw();
});
part("send").addEventListener("click", () => tried(sending));
part("keep").addEventListener("click", () => tried(() => save(`${state.ready.slug}.zip`, state.ready.folder(textEditor.edited()))));
