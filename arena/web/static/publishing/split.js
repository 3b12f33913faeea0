// Who is in which part: decided by a seed, so that the organizer can draw it again, and by nothing else.
// A row's place is SHA-256 of "seed|purpose|row"; whoever lacks the seed cannot tell from a file where a row stood before.
import { sha256 } from "../vendor/noble-hashes/sha2.js";
import { hex, utf8 } from "./bytes.js";

export const PARTS = ["train", "public", "private"];

export const newSeed = () => hex(crypto.getRandomValues(new Uint8Array(16)));

// The first 48 bits of each row's digest; two that are equal keep the order of their rows.
function order(seed, purpose, rows) {
  const places = Array.from(rows, (row) => {
    const [a, b, c, d, e, f] = sha256(utf8(`${seed}|${purpose}|${row}`));
    return [((a * 256 + b) * 256 + c) * 16777216 + (d * 256 + e) * 256 + f, row];
  });
  return places.sort((one, other) => one[0] - other[0] || one[1] - other[1]).map(([, row]) => row);
}

// Return one part for each of the rows: `percent` holds whole numbers that make 100, `strata` a key for each row.
// Cumulative rounding: within each stratum and in all, no part is more than one row off its share.
export function divided(seed, strata, percent) {
  const groups = new Map();
  strata.forEach((key, row) => {
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(row);
  });
  const parts = new Array(strata.length);
  const ends = [percent.train, percent.train + percent.public];
  let before = 0;
  for (const key of [...groups.keys()].sort()) {
    const rows = order(seed, "part", groups.get(key));
    const cut = ends.map((end) => Math.round(((before + rows.length) * end) / 100) - Math.round((before * end) / 100));
    rows.forEach((row, place) => {
      parts[row] = PARTS[place < cut[0] ? 0 : place < cut[1] ? 1 : 2];
    });
    before += rows.length;
  }
  return parts;
}

// Return the rows in a new order and each row's opaque id: numbers in that order, so that neither tells of the source.
export function disguised(seed, size) {
  const shuffled = order(seed, "order", Array.from({ length: size }, (_, row) => row));
  const width = Math.max(4, String(size).length);
  const ids = new Array(size);
  shuffled.forEach((row, place) => {
    ids[row] = `P${String(place + 1).padStart(width, "0")}`;
  });
  return { shuffled, ids };
}
