// Conveniences. Every page works without them.

/** @param {string} selector @param {ParentNode} [within] */
const all = (selector, within = document) => [...within.querySelectorAll(selector)];

/** @template T @param {() => T} read @param {T} otherwise */
const attempt = (read, otherwise) => { try { return read(); } catch { return otherwise; } };

// Theme.
const root = document.documentElement;
for (const button of all("[data-theme-switch]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    const next = (root.dataset.theme ?? system) === "dark" ? "light" : "dark";
    root.dataset.theme = next;
    attempt(() => localStorage.setItem("theme", next), undefined);
  });
}

// `/` leads to the search field.
document.addEventListener("keydown", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  if (event.key !== "/" || target.matches("input, textarea, select")) return;
  const field = document.querySelector("input[name=name]");
  if (!field) return;
  event.preventDefault();
  field.focus();
});

// Recent names stay in this browser.
const readNames = () => attempt(() => JSON.parse(localStorage.getItem("names") ?? "[]"), [])
  .filter((name) => typeof name === "string").slice(0, 8);
const shown = document.querySelector("[data-character]");
if (shown) {
  const name = shown.dataset.character;
  const names = [name, ...readNames().filter((other) => other !== name)].slice(0, 8);
  attempt(() => localStorage.setItem("names", JSON.stringify(names)), undefined);
}
for (const list of all("[data-recent]")) {
  const names = readNames();
  if (names.length === 0) continue;
  const links = names.map((name) => {
    const link = document.createElement("a");
    link.href = `/characters/${encodeURIComponent(name)}${list.dataset.query}`;
    link.textContent = name;
    link.className = "chip";
    return link;
  });
  list.querySelector("[data-names]").replaceChildren(...links);
  list.hidden = false;
  list.querySelector("button").addEventListener("click", () => {
    attempt(() => localStorage.removeItem("names"), undefined);
    list.hidden = true;
  });
}

// A budget looked up along the curve, by pointer or by the arrow keys of the slider.
const follow = () => {
  for (const figure of all("figure[data-look-up]")) {
    const svg = figure.querySelector("svg.chart");
    const line = svg?.querySelector(".line");
    if (!line || figure.querySelector("input")) continue;
    const steps = [...line.getAttribute("d").matchAll(/H([\d.]+)V([\d.]+)/g)]
      .map(([, x, y]) => ({ x: Number(x), y: Number(y) }));
    if (steps.length === 0) continue;
    const [left, right, top, bottom] = [46, 624, 16, 228];
    const end = Number(svg.dataset.end);
    const language = root.lang;
    const label = document.createElement("label");
    label.textContent = figure.dataset.lookUp;
    const slider = document.createElement("input");
    slider.type = "range";
    slider.min = "0";
    slider.max = String(steps.length - 1);
    slider.value = String(Math.floor(steps.length / 2));
    const output = document.createElement("output");
    output.setAttribute("aria-live", "polite");
    label.append(slider);
    figure.append(label, output);
    const cursor = document.createElementNS("http://www.w3.org/2000/svg", "path");
    cursor.setAttribute("class", "cursor");
    svg.append(cursor);
    const show = () => {
      const { x, y } = steps[Number(slider.value)];
      cursor.setAttribute("d", `M${x} ${top}V${bottom}`);
      const meso = Math.round((x - left) / (right - left) * end);
      const amount = new Intl.NumberFormat(language, { notation: "compact", maximumSignificantDigits: 4 });
      const chance = ((bottom - y) / (bottom - top) * 100).toFixed(1);
      output.textContent = `${amount.format(meso)} → ${chance}%`;
      slider.setAttribute("aria-valuetext", output.textContent);
    };
    slider.addEventListener("input", show);
    svg.addEventListener("pointermove", (event) => {
      const box = svg.getBoundingClientRect();
      const x = (event.clientX - box.left) / box.width * 640;
      const next = steps.findIndex((step) => step.x >= x);
      slider.value = String(next < 0 ? steps.length - 1 : next);
      show();
    });
    show();
  }
};
follow();

// Results follow the form; the last request wins.
for (const form of all("form[data-live]")) {
  let running = null;
  let timer = 0;
  const update = async () => {
    running?.abort();
    running = new AbortController();
    const values = [...new FormData(form)].filter(([, value]) => value !== "");
    const query = new URLSearchParams(values);
    const address = `${form.getAttribute("action").split("#")[0]}?${query}`;
    const result = document.querySelector("#result");
    result.setAttribute("aria-busy", "true");
    try {
      const response = await fetch(address, { signal: running.signal, headers: { accept: "text/html" } });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      for (const part of ["#result", "#goals"]) {
        const made = page.querySelector(part);
        if (made) document.querySelector(part)?.replaceWith(made);
      }
      history.replaceState(null, "", address);
      follow();
    } catch (error) {
      if (error.name !== "AbortError") result.removeAttribute("aria-busy");
    }
  };
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(update, 250); });
}

// A wish that fills in a field.
document.addEventListener("click", (event) => {
  const chip = event.target.closest?.("a[data-goal]");
  const field = document.querySelector("#goal");
  if (!chip || !field || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  field.value = chip.dataset.goal;
  field.dispatchEvent(new Event("input", { bubbles: true }));
});
