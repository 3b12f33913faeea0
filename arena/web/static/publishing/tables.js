// CSV as challenges/tables.py reads it: a row is one line, blank lines are passed over, quotation marks are paired.
import { decoded, unpacked } from "./bytes.js";
import { count, Mend, say } from "./words.js";

function fields(line, number, name) {
  if (!line.includes('"')) return line.split(",");
  const cells = [];
  let at = 0;
  for (;;) {
    if (line[at] !== '"') {
      const end = line.indexOf(",", at);
      cells.push(end < 0 ? line.slice(at) : line.slice(at, end));
      if (end < 0) return cells;
      at = end + 1;
      continue;
    }
    let cell = "";
    at += 1;
    for (;;) {
      const end = line.indexOf('"', at);
      if (end < 0) throw unpaired(number, name);
      cell += line.slice(at, end);
      at = end + 1;
      if (line[at] !== '"') break;
      cell += '"';
      at += 1;
    }
    cells.push(cell);
    if (at >= line.length) return cells;
    if (line[at] !== ",") throw unpaired(number, name);
    at += 1;
  }
}

const unpaired = (number, name) =>
  new Mend(
    say(
      `${name} ${count(number)}번째 줄의 따옴표가 짝이 맞지 않습니다. 한 행은 한 줄이어야 합니다.`,
      `On line ${count(number)} of ${name} a quotation mark is not paired. A row is one line.`,
    ),
  );

// Return {name, names, rows, lines, converted}; lines[i] is where rows[i] stands in the file, its header being line 1.
export function read(content, name) {
  const { text, converted } = decoded(unpacked(content, name), name);
  const rows = [];
  const lines = [];
  let names = null;
  text.split(/\r\n|\n|\r/).forEach((line, place) => {
    if (!line) return;
    const cells = fields(line, place + 1, name);
    if (names === null) {
      names = cells;
      return;
    }
    if (cells.length !== names.length) throw ragged(cells.length, names.length, place + 1, name);
    rows.push(cells);
    lines.push(place + 1);
  });
  if (names === null || rows.length === 0) {
    throw new Mend(say(`${name}에 머리글과 행이 있어야 합니다.`, `${name} needs a header and rows.`));
  }
  const delimited = names.length === 1 && /[;\t|]/.exec(names[0]);
  if (delimited) {
    throw new Mend(
      say(`${name}의 칸이 쉼표로 나뉘어 있지 않습니다. 쉼표로 분리한 CSV로 저장하십시오.`, `The fields of ${name} are not separated by commas. Save it as a comma-separated CSV.`),
    );
  }
  return { name, names, rows, lines, converted };
}

const ragged = (found, wanted, number, name) =>
  new Mend(
    say(
      `${name} ${count(number)}번째 줄에 칸이 ${found}개입니다. 머리글에는 ${wanted}개입니다.`,
      `Line ${count(number)} of ${name} has ${found} fields; its header has ${wanted}.`,
    ),
  );

const quoted = (cell) => (/[",]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

export function written(names, rows) {
  return `${[names, ...rows].map((row) => row.map(quoted).join(",")).join("\n")}\n`;
}
