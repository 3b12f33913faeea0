// What a column holds, and what it probably is: guesses that the organizer sees and can change.
const NUMBER = /^ *[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)? *$/;
const MISSING = /^(?:NA|NaN|N\/A|null|NULL|\.)$/;
const KINDS = 40; // beyond so many different values a column is no category

export const isNumber = (cell) => NUMBER.test(cell);
export const isMissing = (cell, marks) => cell === "" || (marks && MISSING.test(cell));

// Return {kinds, missing, numbers, whole, rising, low, high}; kinds is a sorted list of values, or nothing where there are too many.
export function facts(rows, place, marks) {
  const kinds = new Map();
  let [missing, numbers, whole, low, high] = [0, true, true, Infinity, -Infinity];
  for (const row of rows) {
    const cell = row[place];
    if (isMissing(cell, marks)) {
      missing += 1;
      continue;
    }
    if (numbers && isNumber(cell)) {
      const value = Number(cell);
      whole = whole && Number.isInteger(value);
      low = Math.min(low, value);
      high = Math.max(high, value);
    } else numbers = false;
    if (kinds.size <= KINDS) kinds.set(cell, (kinds.get(cell) ?? 0) + 1);
  }
  numbers = numbers && kinds.size > 0;
  const values = [...kinds.keys()].sort((a, b) => (numbers ? a - b : a < b ? -1 : a > b ? 1 : 0));
  return { kinds: kinds.size <= KINDS ? values : null, counts: kinds, missing, numbers, whole: whole && numbers, low, high };
}

export function type({ kinds, numbers, whole }) {
  if (!numbers) return "category";
  if (!whole) return "number";
  return kinds !== null && kinds.length <= 6 ? "category" : "integer";
}

// A name that every file and table can carry: letters, digits, underscores, dots and hyphens.
export function named(names) {
  const taken = new Set();
  return names.map((name, place) => {
    let plain = name.trim().replace(/[^\p{L}\p{N}_.-]+/gu, "_").replace(/^[.-]+/, "").slice(0, 60);
    if (plain === "") plain = `column_${place + 1}`;
    let free = plain;
    for (let number = 2; taken.has(free.toLowerCase()); number += 1) free = `${plain}_${number}`;
    taken.add(free.toLowerCase());
    return free;
  });
}

const LIKELY = {
  id: [/^(patient|subject|person)[_.-]?(id|no|num|number)?$/i, /^id$/i, /[_.-]id$/i, /번호/],
  time: [/^(time|days?|futime|os_?time|survival_?time|follow_?up|time_.*|.*_time|.*_days)$/i, /기간|일수|생존/],
  event: [/^(status|event|died|death|dead|fustat|cens|os_?status|.*_status|.*_event)$/i, /사망|사건|재발/],
  outcome: [/^(outcome|y|label|target|died|death|status|event|response|class)$/i, /사망|결과/],
};

// Return the place of the column that a role probably has, or -1.
export function likely(role, names, taken = []) {
  for (const pattern of LIKELY[role]) {
    const place = names.findIndex((name, at) => pattern.test(name) && !taken.includes(at));
    if (place >= 0) return place;
  }
  return -1;
}

// Where ids stand more than once: a column that tells the rows of one id apart, with its value for the fewest surprises.
// Such a column has few kinds, and no id has two rows of the same kind.
export function telling(rows, idPlace, names, marks) {
  for (let place = 0; place < names.length; place += 1) {
    if (place === idPlace) continue;
    const { kinds, missing } = facts(rows, place, marks);
    if (kinds === null || kinds.length < 2 || missing > 0) continue;
    const seen = new Set(rows.map((row) => `${row[idPlace]}\n${row[place]}`));
    if (seen.size === rows.length) return { place, value: kinds[0] };
  }
  return null;
}
