// Outcomes of the rows that are kept, in days and codes, and what a model that knows nobody would predict from them.
import { isMissing, isNumber } from "./columns.js";

// The table of challenges/outcome_columns.py: the form and the shell make the same days of the same months.
export const DAYS = { days: 1, weeks: 7, months: 30.4375, years: 365.25 };

// Return {values, faults}: one list of cells for each row of `rows`, none where the outcome is missing; a fault names
// the place among the rows and the column. `wanted`: time and event (each {place, …}) or outcome.
export function read(rows, wanted, marks) {
  const faults = [];
  const values = rows.map((row, at) => {
    const cells = [];
    for (const [role, { place, unit, codes }] of Object.entries(wanted)) {
      const cell = row[place];
      if (isMissing(cell, marks)) return null;
      if (role === "time") {
        if (!isNumber(cell) || !(Number(cell) >= 0) || !Number.isFinite(Number(cell))) {
          faults.push({ at, place });
          return null;
        }
        cells.push(unit === "days" ? cell.trim() : String(Number((Number(cell) * DAYS[unit]).toFixed(2))));
      } else if (!Object.hasOwn(codes, cell) || codes[cell] === "") {
        faults.push({ at, place });
        return null;
      } else cells.push(codes[cell]);
    }
    return cells;
  });
  return { values, faults };
}

// The probability of the event (of cause 1) by each horizon among these outcomes: Aalen and Johansen's; with one cause it is
// one less the Kaplan-Meier curve. Outcomes are [time, event] as written.
export function incidence(outcomes, horizons) {
  const line = outcomes.map(([time, event]) => [Number(time), Number(event)]).sort((a, b) => a[0] - b[0]);
  const found = new Map(horizons.map((horizon) => [horizon, 0]));
  let [surviving, happened, at] = [1, 0, 0];
  while (at < line.length) {
    const time = line[at][0];
    let [first, any, end] = [0, 0, at];
    for (; end < line.length && line[end][0] === time; end += 1) {
      first += line[end][1] === 1;
      any += line[end][1] > 0;
    }
    happened += (surviving * first) / (line.length - at);
    surviving *= 1 - any / (line.length - at);
    for (const horizon of horizons) if (time <= horizon) found.set(horizon, happened);
    at = end;
  }
  return found;
}
