// Three files that the organizer has split already: they are checked against each other, and only the labels are written anew.
import { byCodePoint } from "./digest.js";
import { checkIds, counted, outcomesOf } from "./making.js";
import { divided } from "./split.js";
import { count, Mend, say } from "./words.js";

const SPLITS = ["public", "private"];

export function placeOf(table, name) {
  const places = table.names.flatMap((one, place) => (one === name ? [place] : []));
  if (places.length !== 1) {
    throw new Mend(say(`${table.name}에 ${name} 열이 꼭 하나 있어야 합니다.`, `${table.name} needs the column ${name} exactly once.`), "id");
  }
  return places[0];
}

const every = (table) => table.rows.map((_, at) => at);

function idsOf(table, name) {
  const place = placeOf(table, name);
  checkIds(table, every(table), place);
  return table.rows.map((row) => row[place]);
}

function sameIds(test, labels, tables) {
  const [one, other] = [[...test].sort(byCodePoint), [...labels].sort(byCodePoint)];
  if (one.length === other.length && one.every((id, at) => id === other[at])) return;
  throw new Mend(
    say(
      `${tables.test.name}과 ${tables.labels.name}의 번호가 서로 다릅니다(${count(test.length)}명, ${count(labels.length)}명). 같은 환자여야 합니다.`,
      `${tables.test.name} and ${tables.labels.name} do not name the same ids (${count(test.length)} and ${count(labels.length)}). They must hold the same patients.`,
    ),
    "file_labels",
  );
}

function apart(train, test, tables) {
  const known = new Set(test);
  const both = train.filter((id) => known.has(id)).length;
  if (both > 0) {
    throw new Mend(
      say(`번호 ${count(both)}개가 ${tables.train.name}과 ${tables.test.name}에 모두 있습니다.`, `${count(both)} ids stand in both ${tables.train.name} and ${tables.test.name}.`),
      "file_train",
    );
  }
}

// The column of splits as it stands, or drawn here where there is none.
function splits(table, places, outcomes, asked) {
  if (asked.splitPlace < 0) {
    return divided(asked.seed, outcomes.map((cells) => [cells.at(-1)]), [0, asked.percentPublic, 100 - asked.percentPublic]);
  }
  return places.map((at) => {
    const value = table.rows[at][asked.splitPlace].trim().toLowerCase();
    if (!SPLITS.includes(value)) {
      throw new Mend(
        say(`${table.name} ${count(table.lines[at])}번째 줄의 분할은 public이나 private이어야 합니다.`, `On line ${count(table.lines[at])} of ${table.name} the split must be public or private.`),
        "split",
      );
    }
    return value;
  });
}

// Return the labels and what is known of the parts. `asked`: names {id, outcomes, split}, roles (by place in the labels), marks,
// splitPlace, percentPublic, seed, trainRoles (by place in the training file, or nothing where it holds no outcome).
export function fromThree(tables, asked) {
  const { train, test, labels } = tables;
  const testIds = idsOf(test, asked.names.id);
  const labelIds = idsOf(labels, asked.names.id);
  sameIds(testIds, labelIds, tables);
  apart(idsOf(train, asked.names.id), testIds, tables);
  const shown = asked.names.outcomes.find((name) => test.names.includes(name));
  if (shown !== undefined) {
    throw new Mend(say(`${test.name}에 결과의 열 ${shown}이(가) 있습니다. 지우십시오.`, `${test.name} holds the outcome column ${shown}. Remove it.`), "file_test");
  }
  const held = outcomesOf(labels, every(labels), { ...asked, dropMissing: false });
  const parts = splits(labels, held.places, held.outcomes, asked);
  const known = asked.trainRoles === null ? [] : outcomesOf(train, every(train), { ...asked, roles: asked.trainRoles }).outcomes;
  return {
    labels: {
      names: [asked.names.id, ...asked.names.outcomes, asked.names.split],
      rows: held.places.map((at, place) => [labelIds[at], ...held.outcomes[place], parts[place]]),
    },
    testIds,
    trainOutcomes: known,
    parts: { ...counted(parts, held.outcomes), train: { rows: train.rows.length, events: known.filter((cells) => cells.at(-1) === "1").length } },
  };
}
