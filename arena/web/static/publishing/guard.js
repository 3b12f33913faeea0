// The last look before anything is sent: no file may hold outcomes of test patients, whatever it is called.
// The same rule as challenges/plaintext.py, by which the server looks again.
import { decoded, unpacked } from "./bytes.js";
import { Mend } from "./words.js";

const isText = (bytes) => {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, 4096), { stream: true });
    return true;
  } catch {
    return false;
  }
};

const cellsOf = (line) => line.split(/[,;\t|]/).map((cell) => cell.replace(/^[ "']+|[ "']+$/g, ""));

// Whether some line names a column of the labels and a row under it, of the same width, names a test patient.
function tells(text, secret, ids, idColumn) {
  let width = 0;
  let place = -1;
  for (const line of text.split(/\r\n|\n|\r/)) {
    const cells = cellsOf(line);
    if (cells.length === width && (place < 0 ? cells.some((cell) => ids.has(cell)) : ids.has(cells[place]))) return true;
    const lowered = cells.map((cell) => cell.toLowerCase());
    if (cells.length > 1 && lowered.some((cell) => secret.has(cell))) {
      width = cells.length;
      place = lowered.indexOf(idColumn);
    }
  }
  return false;
}

// Return the name of the first file that must not be sent, or nothing. `labels` are the definition's [labels].
export function find(files, labels, testIds) {
  const secret = new Set(
    ["time", "event", "outcome", "truth", "split"].map((name) => labels[name]?.toLowerCase()).filter(Boolean),
  );
  const ids = new Set(testIds);
  for (const [name, bytes] of Object.entries(files)) {
    const lowered = name.toLowerCase();
    if (lowered.endsWith(".sealed")) {
      if (isText(bytes)) return name;
      continue;
    }
    if (/\.(png|toml)$/.test(lowered)) continue;
    try {
      if (tells(decoded(unpacked(bytes, name), name).text, secret, ids, labels.id.toLowerCase())) return name;
    } catch (error) {
      if (!(error instanceof Mend)) throw error;
      // Whatever it is, nobody can read it as a table.
    }
  }
  return null;
}
