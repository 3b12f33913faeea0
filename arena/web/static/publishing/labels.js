// A labels file that an organizer made: checked as the worker will check it, so that a mistake is found before sealing.
import { isNumber } from "./columns.js";
import { byCodePoint } from "./digest.js";
import { checkIds } from "./making.js";
import { placeOf } from "./three.js";
import { count, Mend, say } from "./words.js";

const NUMBERS = { time: (value) => value >= 0, truth: () => true };

const allowed = (role, cell, kind) => {
  if (!isNumber(cell) || !Number.isFinite(Number(cell))) return false;
  const codes = role === "event" && kind === "competing" ? [0, 1, 2] : [0, 1];
  return NUMBERS[role]?.(Number(cell)) ?? codes.includes(Number(cell));
};

// Return the ids in the order of the file, or say what is wrong and on which line; no value is ever quoted.
export function checkLabels(table, definition, testIds, testName) {
  if (table.converted) {
    throw new Mend(say(`${table.name}이(가) CP949로 저장되어 있습니다. ‘CSV UTF-8’로 저장하십시오.`, `${table.name} is saved as CP949. Save it as “CSV UTF-8”.`));
  }
  const { id, split, ...outcomes } = definition.labels;
  const places = { id: placeOf(table, id), split: placeOf(table, split) };
  checkIds(table, table.rows.map((_, at) => at), places.id);
  for (const [role, name] of Object.entries(outcomes)) {
    const place = placeOf(table, name);
    refuse(table, name, (row) => allowed(role, row[place], definition.kind));
  }
  refuse(table, split, (row) => ["public", "private"].includes(row[places.split]));
  const ids = table.rows.map((row) => row[places.id]);
  const [one, other] = [[...ids].sort(byCodePoint), [...testIds].sort(byCodePoint)];
  if (one.length !== other.length || one.some((value, at) => value !== other[at])) {
    throw new Mend(say(`${table.name}과 ${testName}의 번호가 서로 다릅니다. 같은 환자여야 합니다.`, `${table.name} and ${testName} do not name the same ids. They must hold the same patients.`));
  }
  return ids;
}

function refuse(table, name, good) {
  const at = table.rows.findIndex((row) => !good(row));
  if (at < 0) return;
  throw new Mend(
    say(
      `${table.name} ${count(table.lines[at])}번째 줄의 ${name} 열에 쓸 수 없는 값이 있습니다.`,
      `On line ${count(table.lines[at])} of ${table.name} the column ${name} holds a value that is not allowed.`,
    ),
  );
}
