// Digests. crypto.subtle is missing over plain http, as in a closed network, so SHA-256 is the vendored one.
import { sha256 } from "../vendor/noble-hashes/sha2.js";
import { hex, utf8 } from "./bytes.js";

export const sha256Hex = (bytes) => hex(sha256(bytes));

// The order of code points, in which Python sorts; JavaScript compares UTF-16 units, where surrogates come too early.
export function byCodePoint(one, other) {
  const length = Math.min(one.length, other.length);
  for (let place = 0; place < length; place += 1) {
    let [a, b] = [one.charCodeAt(place), other.charCodeAt(place)];
    if (a !== b) {
      if (a >= 0xd800 && b >= 0xd800) {
        a = a >= 0xe000 ? a - 0x800 : a + 0x2000;
        b = b >= 0xe000 ? b - 0x800 : b + 0x2000;
      }
      return a - b;
    }
  }
  return one.length - other.length;
}

// As challenges/sealed.py: SHA-256 over the sorted ids, one a line.
export const idsDigest = (ids) => sha256Hex(utf8([...ids].sort(byCodePoint).join("\n")));

// As arena/sealing.py: what two people compare before they trust a key.
export const fingerprint = (key) => sha256Hex(key).slice(0, 32).match(/.{4}/g).join(" ");
