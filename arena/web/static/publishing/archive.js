// Zip files: an organizer's folder in, a bundle out. What a bundle may hold is challenges/bundle.py's to say.
import { unzipSync, zipSync } from "../vendor/fflate/browser.js";
import { LARGEST } from "./bytes.js";
import { Mend, say } from "./words.js";

const ALLOWED = /\.(toml|md|csv|csv\.gz|json|svg|png|sealed)$/i;
const EPOCH = new Date(1980, 0, 1);

export function packed(files) {
  return zipSync(files, { level: 6, mtime: EPOCH });
}

// Return {files, left}: the folder's plain files by name, and the names of what stays behind.
export function opened(bytes) {
  let total = 0;
  let found;
  try {
    found = unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        if (name.endsWith("/") || /(^|\/)(\.|__MACOSX\/)/.test(name)) return false;
        total += originalSize;
        if (total > LARGEST) throw new Mend(say("풀면 너무 큽니다. 셸에서 보내십시오.", "It unpacks to too much for a browser. Publish it from the shell."));
        return true;
      },
    });
  } catch (error) {
    if (error instanceof Mend) throw error;
    throw new Mend(
      say("zip을 열 수 없습니다. 깨졌거나 암호가 걸려 있습니다.", "The zip cannot be opened: it is damaged or encrypted."),
    );
  }
  return sorted(found);
}

// A folder zipped as a whole has its name before every file; that is taken away. Folders within it stay behind.
function sorted(found) {
  const names = Object.keys(found);
  const definition = names.filter((name) => /(^|\/)challenge\.toml$/.test(name)).sort((a, b) => a.length - b.length)[0];
  if (definition === undefined) {
    throw new Mend(say("zip에 challenge.toml이 없습니다.", "There is no challenge.toml in the zip."));
  }
  const folder = definition.slice(0, -"challenge.toml".length);
  const files = {};
  const left = [];
  for (const name of names.sort()) {
    const plain = name.startsWith(folder) ? name.slice(folder.length) : name;
    if (!name.startsWith(folder) || plain.includes("/") || !ALLOWED.test(plain) || plain === "facts.json") left.push(plain);
    else files[plain] = found[name];
  }
  return { files, left };
}
