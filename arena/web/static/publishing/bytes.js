// Bytes and text. A table is read as UTF-8; one saved by an old Korean spreadsheet as CP949 is read too, and said so.
import { gunzipSync } from "../vendor/fflate/browser.js";
import { Mend, say } from "./words.js";

export const LARGEST = 500_000_000; // beyond it a browser's memory, not our patience, is the limit

export const utf8 = (text) => new TextEncoder().encode(text);

export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

export function fromHex(text) {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

export function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const begins = (bytes, ...mark) => mark.every((byte, place) => bytes[place] === byte);

// A gzipped file names its size in its last four bytes: asked before it is unpacked.
export function unpacked(bytes, name) {
  if (!begins(bytes, 0x1f, 0x8b)) return bytes;
  const size = bytes.length < 18 ? Infinity : new DataView(bytes.buffer, bytes.byteOffset).getUint32(bytes.length - 4, true);
  if (size > LARGEST) {
    throw new Mend(say(`${name}을(를) 풀 수 없습니다.`, `${name} cannot be unpacked.`));
  }
  try {
    return gunzipSync(bytes);
  } catch {
    throw new Mend(say(`${name}의 gzip이 깨졌습니다. 다시 압축하십시오.`, `The gzip file ${name} is damaged. Compress it again.`));
  }
}

// Return {text, converted}: converted tells that the bytes were CP949.
export function decoded(bytes, name) {
  if (begins(bytes, 0x50, 0x4b, 3, 4) || begins(bytes, 0xd0, 0xcf, 0x11, 0xe0)) {
    throw new Mend(
      say(
        `${name}은(는) CSV가 아니라 엑셀 통합 문서나 압축 파일입니다. 스프레드시트에서 ‘CSV UTF-8’로 저장하십시오.`,
        `${name} is a spreadsheet workbook or an archive, not a CSV. In the spreadsheet, save it as “CSV UTF-8”.`,
      ),
    );
  }
  if (begins(bytes, 0xff, 0xfe) || begins(bytes, 0xfe, 0xff) || bytes.subarray(0, 4096).includes(0)) {
    throw new Mend(
      say(`${name}은(는) UTF-8 글이 아닙니다. ‘CSV UTF-8’로 저장하십시오.`, `${name} is not UTF-8 text. Save it as “CSV UTF-8”.`),
    );
  }
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes), converted: false };
  } catch {
    // Not UTF-8. The browser's euc-kr is CP949, the old encoding of Korean Windows.
  }
  try {
    return { text: new TextDecoder("euc-kr", { fatal: true }).decode(bytes), converted: true };
  } catch {
    throw new Mend(
      say(`${name}에 UTF-8이 아닌 글자가 있습니다. ‘CSV UTF-8’로 저장하십시오.`, `Some characters of ${name} are not UTF-8. Save it as “CSV UTF-8”.`),
    );
  }
}
