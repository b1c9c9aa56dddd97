"use strict";
(() => {
  // Nothing here is needed to read the page: it copies, steps from fault to fault, and unfolds what is linked to.
  const unfold = (element) => {
    for (let fold = element?.closest("details"); fold; fold = fold.parentElement?.closest("details")) fold.open = true;
  };

  const followHash = () => unfold(document.getElementById(decodeURIComponent(location.hash.slice(1))));
  addEventListener("hashchange", followHash);
  followHash();

  for (const pre of document.querySelectorAll("pre[data-copies]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy patch";
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(pre.textContent);
        button.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(pre);
        button.textContent = "Selected: copy it with your keyboard";
      }
      setTimeout(() => { button.textContent = "Copy patch"; }, 2500);
    });
    pre.before(button);
  }

  const faults = [...document.querySelectorAll("[data-fault]")];
  const hint = document.querySelector(".hint");
  if (hint && faults.length > 1) hint.hidden = false;
  let current = -1;
  addEventListener("keydown", (event) => {
    const step = { n: 1, p: -1 }[event.key];
    if (!step || !faults.length || !hint?.querySelector("input").checked || event.ctrlKey || event.metaKey || event.altKey) return;
    current = current < 0 && step < 0 ? faults.length - 1 : (current + step + faults.length) % faults.length;
    unfold(faults[current]);
    faults[current].focus({ preventScroll: true });
    faults[current].scrollIntoView({ block: "start" });
  });

  // what scrolls can be scrolled by keyboard, in browsers that don't see to it themselves
  const reach = (box) => { if (box.scrollWidth > box.clientWidth) box.tabIndex = 0; };
  document.querySelectorAll("pre, .wide").forEach(reach);
  document.addEventListener("toggle", (event) => event.target.querySelectorAll("pre, .wide").forEach(reach), true);

  addEventListener("beforeprint", () => {
    for (const fold of document.querySelectorAll(".snippet .fold, .metadata")) fold.open = true;
  });
})();
