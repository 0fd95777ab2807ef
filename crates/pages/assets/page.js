// Conveniences. Every page works without them.

/**
 * Elements of a kind.
 * @template {Element} E
 * @param {new () => E} kind
 * @param {string} selector
 * @param {ParentNode} [within]
 * @returns {E[]}
 */
const all = (kind, selector, within = document) =>
  /** @type {E[]} */ ([...within.querySelectorAll(selector)].filter((element) => element instanceof kind));

/**
 * The first element of a kind.
 * @template {Element} E
 * @param {new () => E} kind
 * @param {string} selector
 * @param {ParentNode} [within]
 * @returns {E | undefined}
 */
const first = (kind, selector, within = document) => all(kind, selector, within)[0];

/** @template T @param {() => T} read @param {T} otherwise */
const attempt = (read, otherwise) => { try { return read(); } catch { return otherwise; } };

// Theme.
const root = document.documentElement;
for (const button of all(HTMLButtonElement, "[data-theme-switch]")) {
  button.addEventListener("click", () => {
    const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    const next = (root.dataset.theme ?? system) === "dark" ? "light" : "dark";
    root.dataset.theme = next;
    attempt(() => localStorage.setItem("theme", next), undefined);
  });
}

// `/` leads to the search field.
document.addEventListener("keydown", (event) => {
  const target = event.target;
  const isWriting = target instanceof Element && target.matches("input, textarea, select");
  const field = first(HTMLInputElement, "input[name=name]");
  if (event.key !== "/" || isWriting || !field) return;
  event.preventDefault();
  field.focus();
});

// Recent names stay in this browser.
/** @returns {string[]} */
const readNames = () => {
  const stored = attempt(() => JSON.parse(localStorage.getItem("names") ?? "[]"), []);
  const names = Array.isArray(stored) ? stored : [];
  return names.filter((name) => typeof name === "string").slice(0, 8);
};
const shown = first(HTMLElement, "[data-character]")?.dataset.character;
if (shown) {
  const names = [shown, ...readNames().filter((other) => other !== shown)].slice(0, 8);
  attempt(() => localStorage.setItem("names", JSON.stringify(names)), undefined);
}
for (const list of all(HTMLElement, "[data-recent]")) {
  const names = readNames();
  if (names.length === 0) continue;
  const links = names.map((name) => {
    const link = document.createElement("a");
    link.href = `/characters/${encodeURIComponent(name)}${list.dataset.query ?? ""}`;
    link.textContent = name;
    link.className = "chip";
    return link;
  });
  list.querySelector("[data-names]")?.replaceChildren(...links);
  list.hidden = false;
  list.querySelector("button")?.addEventListener("click", () => {
    attempt(() => localStorage.removeItem("names"), undefined);
    list.hidden = true;
  });
}

// A budget looked up along the curve, by pointer or by the arrow keys of the slider.
const [LEFT, RIGHT, TOP, BOTTOM, WIDTH] = [60, 624, 24, 228, 640];
/** @param {HTMLElement} figure */
const lookUp = (figure) => {
  const svg = first(SVGSVGElement, "svg.chart", figure);
  const line = svg && first(SVGPathElement, ".line", svg);
  const slider = first(HTMLInputElement, "input", figure);
  const output = figure.querySelector("output");
  if (!svg || !line || !slider || !output || slider.max !== "0") return;
  const steps = [...(line.getAttribute("d") ?? "").matchAll(/H([\d.]+)V([\d.]+)/g)]
    .map(([, x, y]) => ({ x: Number(x), y: Number(y) }));
  if (steps.length === 0) return;
  slider.max = String(steps.length - 1);
  slider.value = String(Math.floor(steps.length / 2));
  const end = Number(svg.dataset.end);
  const cursor = document.createElementNS("http://www.w3.org/2000/svg", "path");
  cursor.setAttribute("class", "cursor");
  svg.append(cursor);
  const amounts = new Intl.NumberFormat(root.lang, { notation: "compact", maximumSignificantDigits: 4, useGrouping: true });
  const show = () => {
    const { x, y } = steps[Number(slider.value)];
    cursor.setAttribute("d", `M${x} ${TOP}V${BOTTOM}`);
    const meso = Math.round((x - LEFT) / (RIGHT - LEFT) * end);
    const chance = ((BOTTOM - y) / (BOTTOM - TOP) * 100).toFixed(1);
    output.textContent = `${amounts.format(meso)} → ${chance}%`;
    slider.setAttribute("aria-valuetext", output.textContent);
  };
  slider.addEventListener("input", show);
  svg.addEventListener("pointermove", (event) => {
    const box = svg.getBoundingClientRect();
    const x = (event.clientX - box.left) / box.width * WIDTH;
    const next = steps.findIndex((step) => step.x >= x);
    slider.value = String(next < 0 ? steps.length - 1 : next);
    show();
  });
  show();
};
const lookUpAll = () => all(HTMLElement, "figure[data-look-up]").forEach(lookUp);
lookUpAll();

/**
 * A slider is a number in the text of the goal.
 * @param {HTMLTextAreaElement} goal
 * @param {HTMLInputElement} slider
 */
const moveGoal = (goal, slider) => {
  const place = Number(slider.name.slice(1));
  let count = 0;
  goal.value = goal.value.replace(/(>=\s*)(\d{1,4})(?![\d.])/g,
    (number, sign) => count++ === place ? sign + slider.value : number);
  const output = slider.closest("label")?.querySelector("output");
  if (output) output.textContent = slider.value;
};

// Results follow the form; the last request wins.
const PARTS = ["#result", "#goals", "#more-goals", "#terms"];

/** Takes the parts of a page that was loaded over, and leaves the focus where it is.
 * @param {Document} page */
const replaceParts = (page) => {
  const active = document.activeElement;
  const chip = active instanceof HTMLElement ? active.dataset.goal : undefined;
  for (const part of PARTS) {
    const made = page.querySelector(part);
    const old = document.querySelector(part);
    // A slider that is being moved stays where the finger is.
    if (!made || !old || (part === "#terms" && old.contains(active))) continue;
    const folds = all(HTMLDetailsElement, "details", old).map((fold) => fold.open);
    all(HTMLDetailsElement, "details", made).forEach((fold, i) => { fold.open = folds[i] ?? fold.open; });
    old.replaceWith(made);
  }
  if (chip !== undefined && !document.contains(active)) {
    const same = all(HTMLElement, "[data-goal]").find((other) => other.dataset.goal === chip);
    (same ?? first(HTMLTextAreaElement, "#goal"))?.focus();
  }
};

for (const form of all(HTMLFormElement, "form[data-live]")) {
  /** @type {AbortController | undefined} */
  let running;
  /** @type {number | undefined} */
  let timer;
  const update = async () => {
    running?.abort();
    const mine = running = new AbortController();
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      const isState = typeof value === "string" && value !== "" && !/^(of|t\d)$/.test(name);
      if (isState) query.append(name, value);
    }
    const address = `${location.pathname}?${query}`;
    const result = document.querySelector("#result");
    result?.setAttribute("aria-busy", "true");
    try {
      const response = await fetch(address, { signal: mine.signal, headers: { accept: "text/html" } });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      if (page.querySelector("#result")) {
        replaceParts(page);
        history.replaceState(null, "", address);
        lookUpAll();
      } else {
        // The service is busy or refuses: its page says why.
        result?.replaceChildren(page.querySelector("h1") ?? "", page.querySelector(".lead") ?? "");
      }
    } catch {
      // Without a network the last result stays.
    }
    if (running === mine) document.querySelector("#result")?.removeAttribute("aria-busy");
  };
  form.addEventListener("input", (event) => {
    const target = event.target;
    const isSlider = target instanceof HTMLInputElement && target.closest("#terms") !== null;
    const goal = form.elements.namedItem("goal");
    if (isSlider && goal instanceof HTMLTextAreaElement) moveGoal(goal, target);
    clearTimeout(timer);
    timer = setTimeout(update, isSlider ? 40 : 250);
  });
}

// A chip fills in the goal.
document.addEventListener("click", (event) => {
  const target = event.target;
  const chip = target instanceof Element ? target.closest("a[data-goal]") : null;
  const field = first(HTMLTextAreaElement, "#goal");
  if (!(chip instanceof HTMLElement) || !field || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  field.value = chip.dataset.goal ?? "";
  field.dispatchEvent(new Event("input", { bubbles: true }));
});
