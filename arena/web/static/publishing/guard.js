// The last look before anything is sent: no file may hold outcomes of test patients, whatever it is called.
// The same rule as challenges/plaintext.py, by which the server looks again.
import { decoded, unpacked } from "./bytes.js";
import { Mend } from "./words.js";

const SEPARATORS = /[,;\t|]/;

function cellsOf(line) {
  // What is quoted holds no separators.
  const plain = line.includes('"') ? line.replace(/"([^"]*)"/g, (_, inside) => inside.replace(/[,;\t|]/g, " ")) : line;
  return plain.split(SEPARATORS).map((cell) => cell.replace(/^[ ']+|[ ']+$/g, ""));
}

// Looks for a line that names a column of the labels, and for test patients in the rows under it.
function tells(text, secret, ids, idColumn) {
  let [width, place, rows, named] = [0, -1, 0, []];
  // Where no header names the ids, a column that names another test patient in most rows: ages repeat themselves, ids do not.
  const mostlyIds = () => named.some((met) => met.size > rows / 2);
  for (const line of text.split(/\r\n|\n|\r/)) {
    if (width > 0) {
      const cells = cellsOf(line);
      if (place >= 0 && ids.has(cells[place])) return true;
      if (place < 0 && cells.length === width && cells.some(Boolean)) {
        rows += 1;
        cells.forEach((cell, column) => ids.has(cell) && named[column].add(cell));
      }
    }
    const lowered = line.toLowerCase();
    if (!secret.some((name) => lowered.includes(name))) continue;
    const names = cellsOf(lowered);
    if (names.length < 2 || !secret.some((name) => names.includes(name))) continue;
    if (mostlyIds()) return true;
    [width, rows, place, named] = [names.length, 0, names.indexOf(idColumn), names.map(() => new Set())];
  }
  return mostlyIds();
}

// Return the name of the first file that must not be sent, or nothing. `labels` are the definition's [labels].
export function find(files, labels, testIds) {
  const secret = ["time", "event", "outcome", "truth", "split"].map((name) => labels[name]?.toLowerCase()).filter(Boolean);
  const ids = new Set(testIds);
  if (secret.length === 0) return null;
  for (const [name, bytes] of Object.entries(files)) {
    if (name === "challenge.toml") continue;
    try {
      if (tells(decoded(unpacked(bytes, name), name).text, secret, ids, labels.id.toLowerCase())) return name;
    } catch (error) {
      if (!(error instanceof Mend)) throw error;
      // Whatever it is, nobody can read it as a table; the server looks at such files by other means.
    }
  }
  return null;
}
