"use strict";
// Elements. Any text becomes a text node and never markup.

/** An element with attributes, listeners ("onclick": function) and children: nodes, texts, or nothing. */
function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child != null && child !== false));
  return element;
}

function button(label, onclick, attributes = {}) {
  return el("button", { type: "button", onclick, ...attributes }, label);
}

function select(label, options, value, onchange) {
  const choices = options.map(([key, text]) => el("option", { value: key, selected: key === value }, text));
  return el("select", { "aria-label": label, onchange: (event) => onchange(event.target.value) }, choices);
}

/** A link that opens in another tab. */
function link(href, text, attributes = {}) {
  return el("a", { href, target: "_blank", rel: "noopener", ...attributes }, text);
}

/** A figure from 0 to 1 with its bar. */
function meter(share, text) {
  const bar = el("span", { class: "bar" }, el("span", {}));
  bar.firstChild.style.width = `${100 * Math.max(0, Math.min(1, share))}%`;
  return el("span", { class: "meter" }, bar, text);
}

/** Pairs of a name and a value; pairs without a value are left out. */
function facts(pairs) {
  const known = pairs.filter(([, value]) => value != null && value !== "");
  return el(
    "dl",
    { class: "facts" },
    known.map(([name, value]) => [el("dt", {}, name), el("dd", {}, String(value))]),
  );
}

/** A small table of texts, the first column of names, the others of numbers. */
function plainTable(head, rows) {
  const line = (cells, tag) => cells.map((cell, index) => el(tag, { class: index ? "number" : null }, cell));
  return el(
    "table",
    { class: "plain" },
    el("thead", {}, el("tr", {}, line(head, "th"))),
    el(
      "tbody",
      {},
      rows.map((cells) => el("tr", {}, line(cells, "td"))),
    ),
  );
}

function empty(sentence) {
  return el("p", { class: "empty" }, sentence);
}

/** Shows a line at the foot of the window that disappears by itself, and that assistive software reads aloud. */
function announce(sentence) {
  const line = document.getElementById("announcement");
  line.textContent = sentence;
  clearTimeout(announce.timer);
  announce.timer = setTimeout(() => (line.textContent = ""), 4000);
}

/** Put a text on the clipboard; if the browser forbids this, select the shown text for the user to copy. */
async function copy(text, shown) {
  try {
    await navigator.clipboard.writeText(text);
    announce("Copied.");
  } catch {
    if (shown) getSelection().selectAllChildren(shown);
    announce(shown ? "Press Ctrl+C to copy what is selected." : "Copy it from the browser’s address bar.");
  }
}

const counted = (number, one, many = one + "s") => `${number.toLocaleString("en")} ${number === 1 ? one : many}`;

function bytes(count) {
  if (count == null) return "";
  const power = Math.min(3, Math.max(0, Math.floor(Math.log2(Math.max(1, count)) / 10)));
  return `${(count / 1024 ** power).toFixed(power === 3 ? 2 : 0)} ${["B", "KiB", "MiB", "GiB"][power]}`;
}

function duration(seconds) {
  if (seconds == null) return "";
  if (seconds < 90) return `${seconds.toFixed(1)} s`;
  return seconds < 5400 ? `${(seconds / 60).toFixed(1)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

const shortNumber = (number) => (Number.isFinite(number) ? String(Number(number.toPrecision(6))) : "");
