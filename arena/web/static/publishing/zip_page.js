// Publishing a zip: opened here, its labels taken out and sealed, its code left behind, the rest packed again.
import { opened, packed } from "./archive.js";
import { decoded, joined, unpacked, utf8 } from "./bytes.js";
import { idsDigest } from "./digest.js";
import { find } from "./guard.js";
import { checkLabels } from "./labels.js";
import { choosable, clearTrouble, element, form, painted, part, pinKey, progress, refused, sealedWords, showReady, theKey, tried } from "./page_parts.js";
import { seal } from "./seal.js";
import { ask, send } from "./sending.js";
import { read } from "./tables.js";
import { placeOf } from "./three.js";
import { count, Mend, say } from "./words.js";

const SEALED = "labels.sealed";
const pin = pinKey();
let ready = null;

form.hidden = false;
part("send").addEventListener("click", () => tried(sending));
const input = document.getElementById("f-zip");
input.value = "";
choosable(input);
input.addEventListener("change", ({ target }) => {
  part("ready").hidden = true;
  part("mistakes").hidden = true;
  ready = null;
  if (target.files.length > 0) tried(() => preparing(target.files[0]));
});

async function preparing(file) {
  progress(say("여는 중", "opening"), 0.1);
  await painted();
  const { files, left } = opened(new Uint8Array(await file.arrayBuffer()));
  const text = decoded(files["challenge.toml"], "challenge.toml").text;
  const definition = await definitionOf({ text });
  if (definition === null) return;
  const made = definition.labels.id ? await sealing(files, text, definition) : { files, sealed: null, rows: 0 };
  if (made === null) return;
  progress(null);
  ready = { bundle: packed(made.files), sealed: made.sealed, slug: definition.slug };
  showReady({
    ...made,
    headline: made.rows > 0 ? sealedWords(made.rows) : say("보낼 준비가 되었습니다", "Ready to be sent"),
    left: [...left, ...(made.labels ? [say(`${made.labels}(봉인한 것만 보냄)`, `${made.labels} (only sealed)`)] : [])],
  });
}

// Every mistake of the definition, by its line; nothing if there are any.
async function definitionOf(question) {
  const answer = await ask(form.dataset.ask, question);
  if (answer.definition !== undefined) return answer.definition;
  if (!answer.mistakes?.length) throw refused(answer);
  progress(null);
  const table = part("mistakes");
  table.tBodies[0].replaceChildren(...answer.mistakes.map(rowOf));
  table.hidden = false;
  table.tabIndex = -1;
  table.focus();
  return null;
}

function rowOf({ line, where, found, message }) {
  const row = element("tr");
  const place = element("td", "", { class: "inline" });
  place.append(element("code", where));
  const seen = element("td", "", { class: "mono inline" });
  if (found) seen.append(element("mark", found));
  row.append(element("td", count(line), { class: "r line inline" }), place, seen, element("th", message, { scope: "row" }));
  return row;
}

async function sealing(files, text, definition) {
  const { labels: name, test } = definition.files;
  const kept = { ...files };
  delete kept[name];
  for (const wanted of [test, definition.files.train, definition.files.dictionary, definition.files.sample, definition.files.validation, ...definition.baselines]) {
    if (wanted && !kept[wanted]) throw new Mend(say(`${wanted} 파일이 zip에 없습니다.`, `The zip holds no ${wanted}.`));
  }
  const testTable = read(kept[test], test);
  const testIds = testTable.rows.map((row) => row[placeOf(testTable, definition.labels.id)]);
  if (files[name] === undefined) {
    if (!kept[SEALED]) throw new Mend(say(`${name} 파일이 zip에 없습니다. 봉인할 결과가 없습니다.`, `The zip holds no ${name}: there is nothing to seal.`));
    refusePlaintext(kept, definition, testIds);
    const sealed = kept[SEALED];
    delete kept[SEALED];
    return { files: kept, sealed, rows: 0, labels: null };
  }
  delete kept[SEALED]; // sealed anew below
  progress(say("결과를 읽는 중", "reading the labels"), 0.3);
  await painted();
  const ids = checkLabels(read(files[name], name), definition, testIds, test);
  refusePlaintext(kept, definition, testIds);
  const bound = await definitionOf({ text, ids_sha256: idsDigest(ids) });
  if (bound === null) return null;
  progress(say("봉인하는 중", "sealing"), 0.6);
  await painted();
  const plaintext = joined(utf8(bound.header), unpacked(files[name], name));
  return { files: kept, sealed: seal(plaintext, theKey().key), rows: ids.length, labels: name };
}

function refusePlaintext(files, definition, testIds) {
  const name = find(files, definition.labels, testIds);
  if (name === null) return;
  throw new Mend(
    say(
      `${name}에 시험 환자의 봉인하지 않은 결과가 있습니다. 그 파일을 zip에서 빼십시오. 아무것도 보내지 않았습니다.`,
      `${name} holds unsealed outcomes of test patients. Take that file out of the zip. Nothing has been sent.`,
    ),
  );
}

async function sending() {
  clearTrouble();
  const answer = await send(form.dataset.post, ready.bundle, ready.sealed, (share) => progress(say("보내는 중", "sending"), share));
  pin();
  if (!answer.url) throw refused(answer);
  location.assign(answer.url);
}
