// The way to the server: questions as JSON, the sealed challenge as one form with its share sent.
import { Mend, say } from "./words.js";

const token = () => document.querySelector("[name=csrf_token]").value;

const lost = () => new Mend(say("서버에 닿지 못했습니다. 보낸 것은 없습니다. 잠시 뒤에 다시 하십시오.", "The server could not be reached. Nothing was sent. Try again in a little."));

// A sign-in in another window has made this page's form token stale: fetch the one that goes with it.
async function renew() {
  const page = await fetch(location.href);
  const found = new DOMParser().parseFromString(await page.text(), "text/html").querySelector("[name=csrf_token]");
  if (page.ok && found !== null) document.querySelector("[name=csrf_token]").value = found.value;
}

// Return the answer; a refusal is one too, with a message that the caller shows.
export async function ask(address, question) {
  const once = () =>
    fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token() },
      body: JSON.stringify(question),
    });
  let answer;
  try {
    answer = await once();
    if (answer.status === 400) {
      await renew();
      answer = await once();
    }
  } catch {
    throw lost();
  }
  return understood(answer.status, await answer.text());
}

const ENDED = () => new Mend(say("로그인이 끝났습니다. 다른 창에서 로그인한 뒤 다시 누르십시오. 이 화면의 답은 그대로입니다.", "Your sign-in has ended. Sign in in another window, then press again; your answers on this page are kept."));

function understood(status, text) {
  if (status === 400 || status === 401) throw ENDED();
  if (status === 413) {
    throw new Mend(say("한 번에 받을 수 있는 크기를 넘습니다. 열이나 줄을 줄이십시오.", "It is larger than the site takes at once. Send fewer rows or columns."));
  }
  try {
    return JSON.parse(text);
  } catch {
    // An error page and not ours to read: its status says enough.
    throw new Mend(say(`서버가 ${status}로 답했습니다. 이 화면의 답은 그대로이니 잠시 뒤에 다시 하십시오.`, `The server answered ${status}. Your answers on this page are kept; try again in a little.`));
  }
}

// Send the bundle and the sealed labels; `moved` is told the share that has arrived.
export async function send(address, bundle, sealed, moved) {
  let answer = await posted(address, bundle, sealed, moved);
  if (answer.status === 400) {
    await renew();
    answer = await posted(address, bundle, sealed, moved);
  }
  return understood(answer.status, answer.responseText);
}

function posted(address, bundle, sealed, moved) {
  const form = new FormData();
  form.append("csrf_token", token());
  for (const note of document.querySelectorAll("[name^=note_]")) form.append(note.name, note.value);
  form.append("bundle", new Blob([bundle], { type: "application/zip" }), "bundle.zip");
  if (sealed !== null) form.append("labels", new Blob([sealed]), "labels.sealed");
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", address);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", ({ loaded, total }) => moved(loaded / total));
    request.addEventListener("error", () => reject(lost()));
    request.addEventListener("load", () => resolve(request));
    request.send(form);
  });
}
