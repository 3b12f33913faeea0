// The form's answers as the other modules take them. With `strict`, an answer that is missing or wrong is said at its field.
import { answers as columnAnswers } from "./column_table.js";
import { kept } from "./making.js";
import { Mend, say } from "./words.js";

const REQUIRED = ["slug", "title_ko", "title_en", "summary_ko", "summary_en", "license"];
const WHOLE = ["per_day", "total"];

export function questions(state, field, { strict = false } = {}) {
  const value = (name) => field(name).value.trim();
  const place = (name) => Number(field(name).value);
  const [kind, one] = [field("kind").value, field("mode").value === "one"];
  const keep = one && place("keep_column") >= 0 ? { place: place("keep_column"), name: state.names[place("keep_column")], value: field("keep_value").value } : null;
  const rows = kept(state.source, keep).map((at) => state.source.rows[at]);
  const roles = rolesOf(kind, one, field, place);
  const columns = columnAnswers();
  const horizons = value("horizons").split(/[,\s]+/).filter(Boolean).map(Number);
  const idPlace = place("id");
  const outcomes = Object.values(roles).map((role) => state.names[role.place]);
  const released = columns.filter((column) => column.release);
  const asked = {
    one, kind, keep, rows, roles, idPlace, columns, released,
    marks: field("marks").checked,
    dropMissing: field("drop_missing").checked,
    strata: columns.filter((column) => column.strata).map((column) => column.place),
    percent: { train: place("share_train"), public: place("share_public"), private: place("share_private") },
    percentPublic: place("share_three"),
    splitPlace: one ? -1 : place("split"),
    seed: value("seed"),
    horizons: kind === "binary" ? [] : horizons,
    practice: field("practice").checked,
    names: {
      id: one ? free("patient_id", released, outcomes) : state.names[idPlace],
      outcomes,
      split: one || place("split") < 0 ? free("split", released, outcomes) : state.names[place("split")],
    },
  };
  if (strict) check(asked, value);
  return { ...asked, texts: strict ? textsOf(asked, field, value) : null };
}

function rolesOf(kind, one, field, place) {
  const codes = {};
  if (one) for (const select of document.querySelectorAll("[data-code]")) codes[select.dataset.code] = select.value;
  else Object.assign(codes, { 0: "0", 1: "1" }, kind === "competing" ? { 2: "2" } : {});
  if (kind === "binary") return { outcome: { place: place("outcome"), codes } };
  return { time: { place: place("time"), unit: one ? field("unit").value : "days" }, event: { place: place("event"), codes } };
}

// A name of ours that no column of the organizer's has.
function free(wanted, released, outcomes) {
  const taken = new Set([...released.map((column) => column.name), ...outcomes]);
  let name = wanted;
  while (taken.has(name)) name += "_";
  return name;
}

// Everything that has to be mended is said at once: whoever mends it presses once more, not once for each field.
function check(asked, value) {
  const wrong = {};
  const tell = (name, ko, en) => { wrong[name] ??= say(ko, en); };
  const outcome = asked.kind === "binary" ? "outcome" : "event";
  const places = [asked.idPlace, ...Object.values(asked.roles).map((role) => role.place)];
  if (new Set(places).size < places.length) tell(outcome, "한 열을 두 가지로 쓸 수 없습니다.", "One column cannot be two things.");
  const { codes } = asked.roles.outcome ?? asked.roles.event;
  if (!Object.values(codes).includes("1") || !Object.values(codes).includes("0")) tell(outcome, "어느 값이 사건이고 어느 값이 아닌지 고르십시오.", "Choose which value is the event and which is none.");
  if (asked.released.length === 0) tell("columns", "공개하는 열이 하나도 없습니다.", "No column is released.");
  if (asked.one) checkShares(asked, tell);
  if (asked.kind !== "binary" && (asked.horizons.length === 0 || !asked.horizons.every((day) => day > 0))) tell("horizons", "날을 쉼표로 나누어 양수로 적으십시오.", "Give positive days, separated by commas.");
  for (const name of REQUIRED) if (value(name) === "") tell(name, "비어 있습니다. 적으십시오.", "This is empty and is needed.");
  for (const name of WHOLE) if (!/^[1-9]\d*$/.test(value(name))) tell(name, "1 이상의 정수를 적으십시오.", "Give a whole number of at least 1.");
  if (Object.keys(wrong).length > 0) throw Object.assign(new Mend(say("고칠 것이 있습니다", "Something must be mended")), { fields: wrong, places: [] });
}

function checkShares({ percent, practice }, tell) {
  const shares = Object.values(percent);
  if (!shares.every((share) => Number.isInteger(share) && share >= 0) || shares.reduce((sum, share) => sum + share, 0) !== 100) {
    tell("share_train", "세 몫은 정수이고 더하면 100이어야 합니다.", "The three shares are whole numbers that make 100.");
  }
  if (percent.train === 0 || percent.public === 0) tell("share_public", "학습과 공개 시험에는 환자가 있어야 합니다.", "The training and the public part need patients.");
  if (percent.private === 0 && !practice) tell("share_private", "비공개 시험이 없으면 연습만 할 수 있습니다.", "Without a private part it can only be for practice.");
}

// What the server writes the texts from: no cell of the data is in it.
function textsOf(asked, field, value) {
  const metric = document.querySelector("[name=primary]:checked");
  const timed = asked.kind !== "binary" && /horizon|tau/.test(metric.dataset.parameters);
  const [time, event] = asked.kind === "binary" ? ["", ""] : asked.names.outcomes;
  const said = ["slug", "title_ko", "title_en", "summary_ko", "summary_en", "license", "provenance_ko", "provenance_en", "opens", "closes", "admission", "agreement"];
  return {
    ...Object.fromEntries(said.map((name) => [name, value(name)])),
    kind: asked.kind,
    id: asked.names.id,
    time,
    event,
    outcome: asked.kind === "binary" ? asked.names.outcomes[0] : "",
    split: asked.names.split,
    horizons: asked.horizons,
    primary: timed ? `${metric.value}@${field("at").value}` : metric.value,
    columns: asked.released.map(described),
    practice: asked.practice,
    synthetic: field("synthetic").checked,
    ...steps(asked),
    subgroups: asked.released.filter((column) => column.group).map((column) => column.name),
    per_day: Number(value("per_day")),
    total: Number(value("total")),
  };
}

function described({ name, type, unit, codes, ko, en }) {
  const category = type === "category";
  return { name, type, unit: category ? "" : unit, codes: category ? codes : "", description_ko: ko, description_en: en };
}

// What was done to the data, in both languages, for the data page. The value of a kept row is no outcome of anybody's.
function steps(asked) {
  if (!asked.one) return { steps_ko: [], steps_en: [] };
  const ko = [];
  const en = [];
  const keep = asked.keep;
  if (keep !== null) {
    ko.push(`${keep.name} 열이 ${keep.value}인 줄만 남겼습니다.`);
    en.push(`Only rows with ${keep.name} = ${keep.value} were kept.`);
  }
  const strata = asked.columns.filter((column) => column.strata).map((column) => column.name);
  const { train, public: shown, private: hidden } = asked.percent;
  ko.push(`결과${strata.length ? `와 ${strata.join(", ")}` : ""}의 비율이 고르도록 무작위로 나누었습니다. 학습 ${train}%, 공개 ${shown}%, 비공개 ${hidden}%.`);
  en.push(`Patients were divided at random, evenly by outcome${strata.length ? ` and ${strata.join(", ")}` : ""}: ${train}% training, ${shown}% public, ${hidden}% private.`);
  ko.push("줄을 섞고 환자 번호를 뜻이 없는 새 번호로 바꾸었습니다.");
  en.push("Rows were shuffled and ids replaced by new ones without meaning.");
  return { steps_ko: ko, steps_en: en };
}
