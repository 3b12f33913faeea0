// What axe does not look at, as sentences: run in a page, at one width.
(language) => {
  const found = [];
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) {
    const wide = [...document.body.querySelectorAll("*")].find(
      (one) => one.getBoundingClientRect().right > root.clientWidth + 1 && !one.closest(".scroll, pre, .vh, svg, textarea"),
    );
    found.push(`${root.scrollWidth} px in a window of ${root.clientWidth}: ${wide?.outerHTML.slice(0, 80)}`);
  }
  const seen = (one) => one.getClientRects().length > 0 && getComputedStyle(one).visibility !== "hidden";
  for (const one of document.querySelectorAll("main p, main li, main dd, main figcaption, main caption")) {
    if (!seen(one) || one.querySelector("p, li, dd, table, .actions, label, svg, .seg") || one.closest("td, th, dl, .topline, .pinned")) continue;
    const style = getComputedStyle(one);
    const range = document.createRange();
    range.selectNodeContents(one);
    const rows = new Set([...range.getClientRects()].map((line) => Math.round(line.top / 8)));
    const em = range.getBoundingClientRect().width / parseFloat(style.fontSize);
    if (rows.size > 1 && em > 62) found.push(`lines of ${Math.round(em)} em: ${one.textContent.trim().slice(0, 60)}`);
  }
  // A drawing speaks, or is silent because what stands beside it says the same.
  for (const one of document.querySelectorAll("svg")) {
    if (one.closest('[aria-hidden="true"]') || one.parentElement.closest("svg")) continue;
    const told = (one.getAttribute("aria-labelledby") ?? "").split(" ").map((id) => document.getElementById(id)?.textContent.trim());
    if (one.getAttribute("role") !== "img" || told.length < 2 || told.some((text) => !text)) {
      found.push(`a drawing without a title and a finding: ${one.outerHTML.slice(0, 80)}`);
    }
  }
  // What a screen reader would hear in the wrong voice.
  if (root.lang !== language) found.push(`the page says it is ${root.lang}`);
  const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
  const twice = ids.find((id, place) => ids.indexOf(id) !== place);
  if (twice) found.push(`two elements are #${twice}`);
  for (const head of document.querySelectorAll("main h2, main h3, main h4")) {
    const walk = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
    walk.currentNode = head.lastChild ?? head;
    let next = walk.nextNode();
    while (next && (!next.data.trim() || head.contains(next) || next.parentElement.closest(".vh"))) next = walk.nextNode();
    const other = next?.parentElement.closest("h2, h3, h4");
    if (seen(head) && other && !other.closest(".step-list, article")) found.push(`two headings in a row: ${head.textContent.trim()} | ${other.textContent.trim()}`);
  }
  return found;
}
