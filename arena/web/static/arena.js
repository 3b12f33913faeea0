// The little that HTML and htmx leave over: countdowns by the server's clock, the reader's own time zone, a copy
// button, dropping a file, and the share of an upload that has arrived. Every page works without this file.
"use strict";

const korean = document.documentElement.lang === "ko";
const say = (ko, en) => (korean ? ko : en);
document.documentElement.classList.add("js");

// The server's clock decides; the reader's may be wrong.
const served = Date.parse(document.body.dataset.now);
const started = performance.now();
const now = () => served + (performance.now() - started);

function countdown(milliseconds) {
  const minutes = Math.max(0, Math.floor(milliseconds / 60000));
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24, minutes % 60];
  if (days > 0) return say(`${days}일 ${hours}시간`, `${days} ${days === 1 ? "day" : "days"} ${hours} h`);
  if (hours > 0) return say(`${hours}시간 ${rest}분`, `${hours} h ${rest} min`);
  return say(`${rest}분`, `${rest} min`);
}

function tick() {
  for (const element of document.querySelectorAll("[data-clock] > time")) {
    const form = { timeZone: element.dataset.zone, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };
    const clock = new Date(now()).toLocaleTimeString("en-GB", form);
    element.textContent = element.textContent.replace(/^[0-9:]+/, clock);
  }
  for (const element of document.querySelectorAll("[data-until]")) {
    element.textContent = countdown(Date.parse(element.dataset.until) - now());
  }
}

// Beside a time in the challenge's zone, the reader's own, where the two differ.
function local(root) {
  const own = new Intl.DateTimeFormat(korean ? "ko-KR" : "en-GB", { dateStyle: "medium", timeStyle: "short" });
  for (const element of root.querySelectorAll("time[data-zone]:not([title])")) {
    const moment = new Date(element.dateTime);
    const there = moment.toLocaleString("en-GB", { timeZone: element.dataset.zone });
    if (there !== moment.toLocaleString("en-GB")) {
      element.title = say(`이 기기의 시각으로 ${own.format(moment)}`, `${own.format(moment)} by this device's clock`);
      // In the calendar it is written out: a date to be kept should not have to be pointed at.
      if (element.closest(".dates")) {
        const beside = document.createElement("small");
        beside.className = "local";
        beside.textContent = say(`이 기기로 ${own.format(moment)}`, `${own.format(moment)} on this device`);
        element.after(" ", beside, " ");
      }
    }
  }
}

async function copy(button) {
  const source = document.getElementById(button.dataset.copy);
  const text = source.value ?? source.textContent;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Plain http on a closed network has no clipboard access: leave the text selected instead.
    if (source.select) source.select();
    else getSelection().selectAllChildren(source);
    if (!document.execCommand("copy")) return;
  }
  const before = button.textContent;
  button.textContent = say("복사했습니다", "Copied");
  setTimeout(() => { button.textContent = before; }, 2000);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) copy(button);
  if (event.target.closest("[data-print]")) print();
});

// A table is filtered as one types; without this file the form asks the server.
for (const form of document.querySelectorAll("form[data-filter]")) {
  const table = document.getElementById(form.dataset.filter);
  const field = form.querySelector("input[type=search]");
  const found = document.querySelector("[data-found]");
  if (!table || field.value) continue;
  form.addEventListener("submit", (event) => event.preventDefault());
  field.addEventListener("input", () => {
    const wanted = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    let left = 0;
    for (const body of table.tBodies) {
      let here = 0;
      for (const row of body.querySelectorAll("tr[data-words]")) {
        row.hidden = !wanted.every((word) => row.dataset.words.includes(word));
        here += row.hidden ? 0 : 1;
      }
      body.hidden = here === 0;
      left += here;
    }
    found.textContent = say(`변수 ${left}개`, `${left} ${left === 1 ? "variable" : "variables"}`);
  });
}

for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    const zone = event.target.closest?.(".drop");
    if (!zone) return;
    event.preventDefault();
    zone.classList.toggle("over", kind === "dragover");
    const field = event.target.closest(".field") ?? zone;
    const input = field.querySelector("input[type=file]") ?? zone.querySelector("input[type=file]");
    if (kind === "drop" && event.dataTransfer.files.length > 0) {
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    }
  });
}

// A poll that fails for good (signed out, team left) shows the page that says so instead of asking for ever.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, requestConfig } = event.detail;
  if (requestConfig?.verb !== "get" || xhr.status < 400) return;
  event.detail.shouldSwap = false;
  if (xhr.status < 500) location.reload();
});

document.addEventListener("htmx:xhr:progress", (event) => {
  const bar = event.target.querySelector?.("progress");
  if (!bar || !event.detail.lengthComputable) return;
  bar.max = event.detail.total;
  bar.value = event.detail.loaded;
  const line = bar.closest(".upload-progress").querySelector("[data-share]");
  const share = Math.floor((100 * event.detail.loaded) / event.detail.total);
  line.textContent = share < 100 ? `${share}%` : say("받았습니다. 검사하고 있습니다", "received; now being checked");
});

// After a swap the reader hears and sees the new headline, as after a page load.
document.addEventListener("htmx:afterSettle", (event) => {
  tick();
  local(document);
  const summary = document.querySelector(".error-summary, [data-verdict]");
  if (event.detail.requestConfig?.verb === "post" && summary) summary.focus();
});

tick();
local(document);
setInterval(tick, document.querySelector("[data-clock]") ? 1000 : 20000);
document.querySelector(".error-summary")?.focus();

// A poll that brings nothing new leaves the page as it is, with the reader's place and selection in it.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status === 304) event.detail.shouldSwap = false;
});
