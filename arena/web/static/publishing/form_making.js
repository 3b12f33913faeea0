// From the form's answers to the files that are sent, the sealed labels, and the folder that the organizer keeps.
import { packed } from "./archive.js";
import { joined, unpacked, utf8 } from "./bytes.js";
import { idsDigest, sha256Hex } from "./digest.js";
import { find } from "./guard.js";
import { counted, fromOne, planned, sample, validationPart } from "./making.js";
import { form, painted, refused, theKey } from "./page_parts.js";
import { seal } from "./seal.js";
import { ask } from "./sending.js";
import { written } from "./tables.js";
import { fromThree, placeOf } from "./three.js";
import { Mend, say } from "./words.js";

const csv = ({ names, rows }) => utf8(written(names, rows));

function divide(state, asked) {
  const plan = { ...asked, released: asked.released.map((column) => column.place), columns: state.names };
  if (asked.one) return fromOne(state.source, plan);
  return fromThree({ train: state.tables.file_train, test: state.tables.file_test, labels: state.tables.file_labels }, { ...plan, trainRoles: trainRoles(state, asked) });
}

// The outcomes' places in the training file, or nothing where it has no outcomes.
function trainRoles(state, asked) {
  const train = state.tables.file_train;
  if (!asked.names.outcomes.every((name) => train.names.includes(name))) return null;
  return Object.fromEntries(Object.entries(asked.roles).map(([role, given]) => [role, { ...given, place: placeOf(train, state.names[given.place]) }]));
}

// Return the rows and events of each part and the longest follow-up, without making any file.
export function preview(state, asked) {
  if (!asked.one) {
    const { parts, labels } = divide(state, asked);
    return { parts, longest: longest(asked, labels.rows.map(([, ...cells]) => cells)) };
  }
  const { outcomes, parts } = planned(state.source, { ...asked, dropMissing: true });
  return { parts: counted(parts, outcomes), longest: longest(asked, outcomes) };
}

const longest = (asked, outcomes) => (asked.kind === "binary" ? null : outcomes.reduce((most, [time]) => Math.max(most, Number(time)), 0));

// Return everything that is sent and kept. `told` is told each step.
export async function make(state, asked, told) {
  told(say("나누는 중", "dividing"), 0.1);
  await painted();
  const made = divide(state, asked);
  if (made.labels.rows.length === 0) throw new Mend(say("시험 환자가 없습니다.", "There are no test patients."));
  const ids = made.labels.rows.map(([id]) => id);
  // A file that was split elsewhere is published as it is, and its organizer adds such a part by hand.
  const part = asked.one ? validationPart(made.train) : [];
  told(say("글을 만드는 중", "writing the texts"), 0.3);
  const answer = await ask(form.dataset.ask, { ...asked.texts, validation: part.length > 0, ids_sha256: idsDigest(ids) });
  if (answer.definition === undefined) throw refused(answer);
  const { files: texts, definition } = answer;
  told(say("파일을 만드는 중", "writing the files"), 0.5);
  await painted();
  const names = definition.files;
  const data = asked.one
    ? { [names.train]: csv(made.train), [names.test]: csv(made.test) }
    : { [names.train]: asItIs(state.tables.file_train), [names.test]: asItIs(state.tables.file_test) };
  data[names.sample] = csv(sample(definition.columns, asked.names.id, asked.one ? made.test.rows.map(([id]) => id) : made.testIds, made.trainOutcomes));
  if (names.validation) data[names.validation] = csv({ names: [asked.names.id], rows: part.map((id) => [id]) });
  const labels = csv(made.labels);
  told(say("봉인하는 중", "sealing"), 0.7);
  await painted();
  const sealed = seal(joined(utf8(definition.header), labels), theKey().key);
  const files = { ...encoded(texts), ...data };
  refusePlaintext(files, definition.labels, ids);
  return {
    slug: definition.slug,
    files,
    sealed,
    texts,
    labels: made.labels,
    parts: made.parts,
    bundle(edited) {
      refusePlaintext(encoded(edited), definition.labels, ids);
      return packed({ ...files, ...encoded(edited) });
    },
    folder: (edited) => packed({ ...files, ...encoded(edited), [names.labels]: labels, ...keepsakes(state, asked, made) }),
  };
}

// A file that was split elsewhere is published as it is, but for its encoding.
const asItIs = (table) => (table.converted ? csv(table) : unpacked(table.bytes, table.name));

const encoded = (texts) => Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, utf8(text)]));

function refusePlaintext(files, labels, ids) {
  const name = find(files, labels, ids);
  if (name === null) return;
  throw new Mend(
    say(
      `${name}에 시험 환자의 봉인하지 않은 결과가 있습니다. 그 파일에서 결과를 지우십시오. 아무것도 보내지 않았습니다.`,
      `${name} holds unsealed outcomes of test patients. Remove them from that file. Nothing has been sent.`,
    ),
  );
}

// What only the organizer may have, in a folder of its own, which no way of publishing sends.
function keepsakes(state, asked, made) {
  if (!asked.one) return {};
  const record = {
    source: state.source.name,
    source_sha256: sha256Hex(state.source.bytes),
    keep: asked.keep && [`${asked.keep.name}=${asked.keep.value}`],
    seed: asked.seed,
    shares: asked.percent,
    strata: [...Object.values(asked.roles).slice(-1).map((role) => state.names[role.place]), ...asked.strata.map((place) => state.names[place])],
  };
  return { "private/ids.csv": csv(made.key), "private/split.json": utf8(`${JSON.stringify(record, null, 1)}\n`) };
}
