"use strict";
(() => {
  // Nothing here is needed to read the pages: it says how long ago a time was, and finds and sorts in the table.
  const DAY = 86_400;
  const now = Date.now() / 1000;
  const spans = [[365 * DAY, "year", "y"], [30 * DAY, "month", "mo"], [DAY, "day", "d"], [3600, "hour", "h"], [60, "minute", "min"]];
  const ago = (moment, short = false) => {
    const past = Math.max(0, now - moment);
    const [seconds, unit, abbreviation] = spans.find(([length]) => past >= length) ?? spans.at(-1);
    const count = Math.floor(past / seconds);
    if (!count) return "just now";
    return short ? `${count} ${abbreviation} ago` : `${count} ${unit}${count === 1 ? "" : "s"} ago`;
  };
  const element = (name, attributes = {}, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  };

  for (const time of document.querySelectorAll(".top time")) {
    time.after(element("span", { class: "ago" }, ` (${ago(Date.parse(time.dateTime) / 1000)})`));
  }
  // what scrolls can be scrolled by keyboard, in browsers that don't see to it themselves
  const reach = (box) => { if (box.scrollWidth > box.clientWidth) box.tabIndex = 0; };
  document.querySelectorAll(".wide").forEach(reach);
  document.addEventListener("toggle", (event) => event.target.querySelectorAll(".wide").forEach(reach), true);

  const data = globalThis.verifySnippets;
  const table = document.querySelector("table.models");
  if (!data || !table) return;

  const PAGE = 100;
  const body = table.tBodies[0];
  const form = document.querySelector(".filters");
  const found = document.getElementById("found");
  const hint = document.querySelector(".hint");
  const paging = document.querySelector(".paging");
  const [previous, next] = paging.querySelectorAll("button");
  const fields = form.elements;
  const count = data.models.length;
  const all = Array.from({ length: count }, (_, row) => row);
  const texts = all.map((row) => [data.models[row], ...data.cause[row].map((c) => data.causes[c][1])].join("\n").toLowerCase());

  // Columns: how rows compare, and which way round a first click sorts (1: the least first)
  const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
  const ranks = (words) => {
    const order = words.map((_, place) => place).sort((a, b) => collator.compare(words[a], words[b]));
    const rank = [];
    order.forEach((place, position) => { rank[place] = words[place] ? position : null; });
    return rank;
  };
  const libraryRank = ranks(data.libraries);
  const taskRank = ranks(data.tasks);
  const hardwareRank = ranks(data.profiles);
  const nameRank = ranks(data.models);
  const columns = {
    name: [(row) => nameRank[row], 1],
    state: [(row) => data.state[row], 1],
    cause: [(row) => data.cause[row][0] ?? null, 1],
    library: [(row) => libraryRank[data.library[row]], 1],
    task: [(row) => taskRank[data.task[row]], 1],
    hardware: [(row) => (data.hardware[row].length ? hardwareRank[data.hardware[row][0]] : null), 1],
    since: [(row) => data.since[row], -1],
    ran: [(row) => data.ran[row], -1],
    time: [(row) => data.time[row], -1],
    downloads: [(row) => data.downloads[row], -1],
  };

  // What is shown is said by the address, so that it can be shared
  const FILTERS = ["q", "state", "cause", "library", "task", "hardware"];
  const view = { q: "", state: "", cause: "", library: "", task: "", hardware: "", sort: "state", page: 1 };
  let rows = all;

  const readHash = () => {
    const told = new URLSearchParams(location.hash.includes("=") ? location.hash.slice(1) : "");
    for (const name of FILTERS) view[name] = told.get(name) ?? "";
    const sort = told.get("sort") ?? "";
    view.sort = Object.hasOwn(columns, sort.replace(/^-/, "")) ? sort : "state";
    view.page = Math.max(1, Number.parseInt(told.get("page"), 10) || 1);
  };
  const writeHash = () => {
    const told = new URLSearchParams(FILTERS.filter((name) => view[name]).map((name) => [name, view[name]]));
    if (view.sort !== "state") told.set("sort", view.sort);
    if (view.page > 1) told.set("page", view.page);
    history.replaceState(null, "", `#${told || "main"}`);
  };

  const matcher = () => {
    const words = view.q.toLowerCase().split(/\s+/).filter(Boolean);
    const place = (list, word) => (word ? list.indexOf(word) : null);
    const state = place(data.states.map(([name]) => name), view.state);
    const cause = place(data.causes.map(([slug]) => slug), view.cause);
    const library = place(data.libraries, view.library);
    const task = place(data.tasks, view.task);
    const profile = place(data.profiles, view.hardware);
    return (row) => words.every((word) => texts[row].includes(word))
      && (state === null || data.state[row] === state)
      && (cause === null || data.cause[row].includes(cause))
      && (library === null || data.library[row] === library)
      && (task === null || data.task[row] === task)
      && (profile === null || data.hardware[row].includes(profile));
  };

  const sorted = (list) => {
    const key = view.sort.replace(/^-/, "");
    const direction = view.sort.startsWith("-") ? -1 : 1;
    const value = columns[key][0];
    // rows stand in the order of the data, the most downloaded first; what has no value comes last either way
    return [...list].sort((a, b) => {
      const [x, y] = [value(a), value(b)];
      if (x === null || y === null) return (x === null) - (y === null) || a - b;
      return direction * (x - y) || a - b;
    });
  };

  // Drawing; every text is set as text
  const day = (moment) => {
    const written = new Date(moment * 1000).toISOString();
    return element("time", { datetime: written, title: `${written.slice(0, 16).replace("T", " ")} UTC` }, ago(moment, true));
  };
  const seconds = (value) => (value < 9.995 ? `${value.toFixed(2)} s` : value < 99.95 ? `${value.toFixed(1)} s` : `${Math.floor(value / 60)} min ${String(Math.floor(value % 60)).padStart(2, "0")} s`);
  const cell = (label, ...content) => element("td", { role: "cell", "data-label": label }, ...content);
  const number = (label, text) => { const made = cell(label, text); made.className = "number"; return made; };
  const draw = (row) => {
    const [state, symbol, tone] = data.states[data.state[row]];
    const causes = data.cause[row].flatMap((place, index) => {
      const [slug, headline] = data.causes[place];
      return [index ? "; " : "", element("a", { href: `causes/${slug}.html` }, headline)];
    });
    return element("tr", { role: "row" },
      element("th", { role: "rowheader", scope: "row" }, element("a", { href: `models/${data.pages[row] ?? data.models[row]}.html` }, data.models[row])),
      cell("State", element("span", { class: `mark ${tone}` }, element("span", { "aria-hidden": "true" }, symbol), ` ${state}`)),
      cell("Cause", ...causes.filter(Boolean)),
      cell("Library", data.libraries[data.library[row]]),
      cell("Task", data.tasks[data.task[row]]),
      cell("Hardware", data.hardware[row].map((place) => data.profiles[place]).join(", ")),
      data.since[row] === null ? cell("Since") : cell("Since", day(data.since[row])),
      data.ran[row] === null ? cell("Last run") : cell("Last run", day(data.ran[row])),
      number("Time", data.time[row] === null ? "" : seconds(data.time[row])),
      number("Downloads", data.downloads[row].toLocaleString("en")));
  };

  let announcing;
  const announce = (text, at_once) => {
    clearTimeout(announcing); // while somebody types, nobody wants to hear every letter
    announcing = setTimeout(() => { found.textContent = text; }, at_once ? 0 : 200);
  };
  const plural = (amount) => `${amount.toLocaleString("en")} model${amount === 1 ? "" : "s"}`;

  const showRows = (from, to) => body.replaceChildren(...rows.slice(from, to).map(draw));
  const showPage = () => {
    const pages = Math.max(1, Math.ceil(rows.length / PAGE));
    view.page = Math.min(view.page, pages);
    showRows((view.page - 1) * PAGE, view.page * PAGE);
    paging.hidden = pages === 1;
    paging.querySelector("span").textContent = `Page ${view.page} of ${pages}`;
    previous.setAttribute("aria-disabled", view.page === 1);
    next.setAttribute("aria-disabled", view.page === pages);
  };
  const show = (at_once = false) => {
    rows = sorted(all.filter(matcher()));
    showPage();
    const sort = view.sort.replace(/^-/, "");
    for (const head of table.tHead.rows[0].cells) {
      if (head.dataset.key === sort) head.setAttribute("aria-sort", view.sort.startsWith("-") ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    }
    const pages = rows.length > PAGE ? `, ${PAGE} on a page` : "";
    announce((rows.length === count ? plural(count) : `${rows.length.toLocaleString("en")} of ${plural(count)}`) + pages, at_once);
  };
  const change = (changes) => { Object.assign(view, { page: 1 }, changes); writeHash(); show(); };
  const fill = () => {
    for (const name of FILTERS) fields[name].value = view[name];
    fields.sort.value = view.sort;
  };

  // The filters
  const option = (value, text) => element("option", { value }, text);
  const tally = (numbers) => { const counts = []; for (const n of numbers) counts[n] = (counts[n] ?? 0) + 1; return counts; };
  const offer = (name, words, values, numbers) => {
    const counts = tally(numbers);
    const places = words.map((_, place) => place).filter((place) => counts[place] && values[place]);
    if (name !== "state" && name !== "cause") places.sort((a, b) => collator.compare(words[a], words[b]));
    fields[name].append(...places.map((place) => option(values[place], `${words[place]} (${counts[place].toLocaleString("en")})`)));
  };
  const names = data.states.map(([name]) => name);
  offer("state", names, names, data.state);
  offer("cause", data.causes.map(([, headline]) => headline), data.causes.map(([slug]) => slug), data.cause.flat());
  offer("library", data.libraries, data.libraries, data.library);
  offer("task", data.tasks, data.tasks, data.task);
  offer("hardware", data.profiles, data.profiles, data.hardware.flat());
  form.addEventListener("submit", (event) => event.preventDefault());
  const take = (event) => change({ [event.target.name]: event.target.value });
  fields.q.addEventListener("input", take);
  form.addEventListener("change", (event) => { if (event.target !== fields.q) take(event); });
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    change({ ...Object.fromEntries(FILTERS.map((name) => [name, ""])), sort: "state" });
    fill();
  });

  // The heads
  for (const head of table.tHead.rows[0].cells) {
    const { key } = head.dataset;
    const label = head.textContent;
    const first = columns[key][1] < 0 ? `-${key}` : key;
    const second = columns[key][1] < 0 ? key : `-${key}`;
    const button = element("button", { type: "button" }, label);
    button.addEventListener("click", () => { change({ sort: view.sort === first ? second : first }); fill(); });
    head.replaceChildren(button);
    const [up, down] = key === "since" || key === "ran" ? ["oldest", "newest"] : key === "name" || key === "library" || key === "task" || key === "hardware" ? ["A to Z", "Z to A"] : key === "state" || key === "cause" ? ["worst", "best"] : ["least", "most"];
    fields.sort.append(option(key, `${label}, ${up}`), option(`-${key}`, `${label}, ${down}`));
  }

  // Pages and keys
  const turn = (step) => {
    const pages = Math.ceil(rows.length / PAGE);
    const page = Math.min(pages, Math.max(1, view.page + step));
    if (page === view.page) return false;
    view.page = page;
    writeHash();
    showPage();
    return true;
  };
  paging.addEventListener("click", (event) => {
    const step = Number(event.target.dataset?.step);
    if (step && turn(step)) table.scrollIntoView({ block: "start" });
  });
  const links = () => [...body.querySelectorAll("th a")];
  const move = (step) => {
    const reachable = links();
    const place = reachable.indexOf(document.activeElement.closest("tr")?.querySelector("th a"));
    if (place + step < 0 && view.page === 1) fields.q.focus();
    else if (place + step < 0) { if (turn(-1)) links().at(-1)?.focus(); }
    else if (place + step >= reachable.length) { if (turn(1)) links()[0]?.focus(); }
    else reachable[place + step]?.focus();
  };
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const typing = event.target.matches?.("input, select, textarea");
    if (event.key === "/" && !typing && hint.querySelector("input").checked) fields.q.focus();
    else if (event.key === "Escape" && event.target === fields.q) change({ q: "" }), fill();
    else if (event.key === "ArrowDown" && (event.target === fields.q || body.contains(event.target))) move(1);
    else if (event.key === "ArrowUp" && body.contains(event.target)) move(-1);
    else return;
    event.preventDefault();
  });
  addEventListener("hashchange", () => { readHash(); fill(); show(); if (location.hash.includes("=")) document.getElementById("main").scrollIntoView(); });
  addEventListener("beforeprint", () => showRows(0, rows.length));
  addEventListener("afterprint", showPage);

  form.hidden = false;
  if (count > 1) hint.hidden = false;
  readHash();
  fill();
  show(true);
  if (location.hash.includes("=")) document.getElementById("main").scrollIntoView();
})();
