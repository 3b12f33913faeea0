// Who is in which part, in which order and under which id: all decided by a seed, as challenges/dividing.py does it, so that
// the same table and seed give the same files from the shell and from here. Whoever lacks the seed learns nothing from an id.
import { sha256 } from "../vendor/noble-hashes/sha2.js";
import { hex, utf8 } from "./bytes.js";
import { byCodePoint } from "./digest.js";

export const PARTS = ["train", "public", "private"];

export const newSeed = () => hex(crypto.getRandomValues(new Uint8Array(16)));

const digest = (seed, purpose, row) => hex(sha256(utf8(`${seed}|${purpose}|${row}`)));

const digests = (seed, purpose, size) => Array.from({ length: size }, (_, row) => digest(seed, purpose, row));

const compared = (one, other) => (one < other ? -1 : one > other ? 1 : 0);

// Return one part for each row. `strata` holds a list of cells for each row, `shares` one number for each part.
export function divided(seed, strata, shares) {
  const total = shares.reduce((sum, share) => sum + share, 0);
  const keys = strata.map((cells) => cells.join("\0"));
  const places = digests(seed, "part", strata.length);
  const order = [...strata.keys()].sort((a, b) => (keys[a] === keys[b] ? compared(places[a], places[b]) : byCodePoint(keys[a], keys[b])));
  const parts = new Array(strata.length);
  const given = [0, 0, 0];
  order.forEach((row, place) => {
    // The part that lags most behind its share; the strata follow one another, so each gets its own.
    const lags = shares.map((share, part) => (share / total) * (place + 1) - given[part]);
    const part = lags.indexOf(Math.max(...lags));
    given[part] += 1;
    parts[row] = PARTS[part];
  });
  return parts;
}

// Return the rows in an order that has nothing to do with theirs.
export function shuffled(seed, size) {
  const places = digests(seed, "order", size);
  return [...places.keys()].sort((a, b) => compared(places[a], places[b]));
}

// Return an id for each row: a letter and digits in no order, so that no spreadsheet takes it for a number.
export function opaqueIds(seed, size) {
  const digits = Math.max(6, String(size).length + 2);
  const end = 10n ** BigInt(digits);
  const taken = new Set();
  return Array.from({ length: size }, (_, row) => {
    for (let attempt = 0; ; attempt += 1) {
      const number = BigInt(`0x${digest(seed, `id${attempt}`, row).slice(0, 16)}`) % end;
      const id = `P${String(number).padStart(digits, "0")}`;
      if (!taken.has(id)) {
        taken.add(id);
        return id;
      }
    }
  });
}
