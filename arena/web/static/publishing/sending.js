// The way to the server: questions as JSON, the sealed challenge as one form with its share sent.
import { Mend, say } from "./words.js";

const token = () => document.querySelector("[name=csrf_token]").value;

const lost = () => new Mend(say("서버에 닿지 못했습니다. 보낸 것은 없습니다. 잠시 뒤에 다시 하십시오.", "The server could not be reached. Nothing was sent. Try again in a little."));

// Return the answer; a refusal is {mistakes} or {message}, which the caller shows.
export async function ask(address, question) {
  let answer;
  try {
    answer = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token() },
      body: JSON.stringify(question),
    });
  } catch {
    throw lost();
  }
  return understood(answer.status, await answer.text());
}

function understood(status, text) {
  let found = null;
  try {
    found = JSON.parse(text);
  } catch {
    // An error page and not ours to read: its status says enough.
  }
  if (status === 401 || status === 403) {
    throw new Mend(found?.message ?? say("로그인이 끝났습니다. 다른 창에서 로그인한 뒤 다시 누르십시오.", "Your sign-in has ended. Sign in in another window, then press again."));
  }
  if (status === 413) {
    throw new Mend(say("한 번에 받을 수 있는 크기를 넘습니다. 열이나 줄을 줄이십시오.", "It is larger than the site takes at once. Send fewer rows or columns."));
  }
  if (found === null) {
    throw new Mend(say(`서버가 ${status}로 답했습니다. 이 화면의 답은 그대로이니 잠시 뒤에 다시 하십시오.`, `The server answered ${status}. Your answers on this page are kept; try again in a little.`));
  }
  return found;
}

// Send the bundle and the sealed labels; `moved` is told the share that has arrived.
export function send(address, bundle, sealed, moved) {
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
    request.addEventListener("load", () => {
      try {
        resolve(understood(request.status, request.responseText));
      } catch (error) {
        reject(error);
      }
    });
    request.send(form);
  });
}
