// From the organizer's table to a challenge's files. Outcomes of the test patients go into `labels` and nowhere else.
import { utf8 } from "./bytes.js";
import { isMissing } from "./columns.js";
import { byCodePoint, sha256Hex } from "./digest.js";
import { read as readOutcomes, incidence } from "./outcomes.js";
import { divided, opaqueIds, PARTS, shuffled } from "./split.js";
import { count, Mend, say } from "./words.js";

// Return the places of the rows to keep: those of the one value, or all.
export function kept(table, keep) {
  const places = table.rows.map((_, at) => at);
  return keep === null ? places : places.filter((at) => table.rows[at][keep.place] === keep.value);
}

// Refuse ids that are empty or stand twice, since a patient in two parts gives the answer away.
export function checkIds(table, places, idPlace) {
  const seen = new Map();
  for (const at of places) {
    const id = table.rows[at][idPlace];
    const [line, before] = [table.lines[at], seen.get(id)];
    if (id === "") throw new Mend(say(`${table.name} ${count(line)}번째 줄에 번호가 없습니다.`, `Line ${count(line)} of ${table.name} has no id.`), "id");
    if (before !== undefined) {
      throw new Mend(
        say(
          `${table.name} ${count(before)}번째와 ${count(line)}번째 줄의 번호가 같습니다. 환자마다 한 줄이 남도록 줄을 고르십시오.`,
          `Lines ${count(before)} and ${count(line)} of ${table.name} have the same id. Choose which rows to keep, so that each patient has one.`,
        ),
        "keep_column",
      );
    }
    seen.set(id, line);
  }
}

// Return the outcomes of the kept rows, and the rows that have one; a cell that cannot be read is refused by its line.
export function outcomesOf(table, places, asked) {
  const { values, faults } = readOutcomes(places.map((at) => table.rows[at]), asked.roles, asked.marks);
  if (faults.length > 0) {
    const [{ at, place }] = faults;
    throw new Mend(
      say(
        `${table.name}의 ${table.names[place]} 열에 쓸 수 없는 값이 ${count(faults.length)}건 있습니다. 첫째는 ${count(table.lines[places[at]])}번째 줄입니다.`,
        `The column ${table.names[place]} of ${table.name} holds ${count(faults.length)} values that cannot be used, the first on line ${count(table.lines[places[at]])}.`,
      ),
      Object.keys(asked.roles).find((role) => asked.roles[role].place === place),
    );
  }
  const missing = values.filter((cells) => cells === null).length;
  if (missing > 0 && !asked.dropMissing) {
    throw new Mend(
      say(`결과가 빈 환자가 ${count(missing)}명 있습니다. 빼려면 아래에 표시하십시오.`, `${count(missing)} patients have no outcome. Tick the box below to leave them out.`),
      "drop_missing",
    );
  }
  const held = places.map((_, at) => at).filter((at) => values[at] !== null);
  return { places: held.map((at) => places[at]), outcomes: held.map((at) => values[at]) };
}

// Return who is kept, their outcomes and which part each is in; no file is made yet.
export function planned(table, asked) {
  const found = outcomesOf(table, kept(table, asked.keep), asked);
  const strata = found.places.map((at, place) => [found.outcomes[place].at(-1), ...asked.strata.map((column) => table.rows[at][column])]);
  const parts = divided(asked.seed, strata, PARTS.map((part) => asked.percent[part]));
  return { ...found, parts };
}

// Return everything that one table becomes. `asked`: keep, idPlace (-1 for none), roles, marks, dropMissing, released and
// strata (places), percent, seed, names {id, outcomes, split} and columns (the cleaned name of every place).
export function fromOne(table, asked) {
  if (asked.idPlace >= 0) checkIds(table, kept(table, asked.keep), asked.idPlace);
  const found = planned(table, asked);
  const { parts } = found;
  const rows = found.places.map((at) => table.rows[at]);
  const ids = opaqueIds(asked.seed, rows.length);
  const order = shuffled(asked.seed, rows.length);
  const covariates = (at) => asked.released.map((place) => (isMissing(rows[at][place], asked.marks) ? "" : rows[at][place]));
  const inTrain = order.filter((at) => parts[at] === "train");
  const inTest = order.filter((at) => parts[at] !== "train");
  const head = [asked.names.id, ...asked.released.map((place) => asked.columns[place])];
  return {
    train: { names: [...head, ...asked.names.outcomes], rows: inTrain.map((at) => [ids[at], ...covariates(at), ...found.outcomes[at]]) },
    test: { names: head, rows: inTest.map((at) => [ids[at], ...covariates(at)]) },
    labels: {
      names: [asked.names.id, ...asked.names.outcomes, asked.names.split],
      rows: inTest.map((at) => [ids[at], ...found.outcomes[at], parts[at]]),
    },
    key: {
      names: ["id", "part", "source_id", "source_row"],
      rows: rows.map((row, at) => [ids[at], parts[at], asked.idPlace < 0 ? "" : row[asked.idPlace], String(table.lines[found.places[at]])]),
    },
    trainOutcomes: inTrain.map((at) => found.outcomes[at]),
    parts: counted(parts, found.outcomes),
  };
}

// Return the rows and events of each part.
export function counted(parts, outcomes) {
  const found = Object.fromEntries(PARTS.map((part) => [part, { rows: 0, events: 0 }]));
  parts.forEach((part, at) => {
    found[part].rows += 1;
    found[part].events += outcomes[at].at(-1) === "1";
  });
  return found;
}

// As challenges/validation.py: the fifth of the training ids whose SHA-256 is smallest, or none where so few would say nothing.
export function validationPart(train) {
  const happened = new Map(train.rows.map((row) => [row[0], row.at(-1) === "1"]));
  const ids = [...happened.keys()].sort(byCodePoint);
  const digests = new Map(ids.map((id) => [id, sha256Hex(utf8(id))]));
  const least = [...ids].sort((one, other) => (digests.get(one) < digests.get(other) ? -1 : 1));
  const taken = new Set(least.slice(0, Math.floor(ids.length / 5)));
  const part = ids.filter((id) => taken.has(id));
  const events = part.filter((id) => happened.get(id)).length;
  return part.length >= 50 && Math.min(events, part.length - events) >= 5 ? part : [];
}

// Return a valid prediction file that knows nobody: for everyone what happened to the training patients together.
export function sample(columns, idName, ids, trainOutcomes) {
  const timed = columns.filter((column) => column.is === "event_probability").map((column) => column.horizon);
  const known = trainOutcomes.length > 0;
  const probabilities = known && timed.length > 0 ? incidence(trainOutcomes, timed) : new Map();
  const events = trainOutcomes.filter((cells) => cells.at(-1) === "1").length;
  const value = ({ is, horizon }) => {
    if (is === "event_probability") return (probabilities.get(horizon) ?? 0.5).toFixed(6);
    if (is === "probability") return (known ? events / trainOutcomes.length : 0.5).toFixed(6);
    return "0.000000";
  };
  const cells = columns.map(value);
  return { names: [idName, ...columns.map((column) => column.name)], rows: ids.map((id) => [id, ...cells]) };
}
