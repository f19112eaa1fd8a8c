"use strict";
// What the page shows now, and its link: all of this is in the address, after the #.

const View = (() => {
  const NOTHING = {
    view: "matrix",
    q: "",
    paper: "",
    parameter: "",
    status: "",
    review: "",
    low: "",
    high: "",
    where: [],
    sort: "",
    parts: "",
    x: "",
    y: "",
    outcome: "",
    error: "",
    sample: "",
    open: "",
  };
  const listeners = [];
  const state = { ...NOTHING };

  function read() {
    const parameters = new URLSearchParams(location.hash.slice(1));
    Object.assign(state, NOTHING, Object.fromEntries([...parameters].filter(([key]) => Object.hasOwn(NOTHING, key))));
    state.where = parameters.getAll("where");
  }

  function write(isStep) {
    const parameters = new URLSearchParams();
    for (const key of Object.keys(NOTHING)) {
      if (key === "where") state.where.forEach((where) => parameters.append("where", where));
      else if (state[key] !== NOTHING[key]) parameters.set(key, state[key]);
    }
    const hash = `#${parameters}`;
    if (hash === (location.hash || "#")) return;
    if (isStep) history.pushState(null, "", hash);
    else history.replaceState(null, "", hash);
  }

  /** Show something else. The browser's Back undoes a step; typing and moving from cell to cell are no steps. */
  function go(changes, isStep = false) {
    const changed = Object.keys(changes).filter((key) => String(state[key]) !== String(changes[key]));
    if (!changed.length) return;
    Object.assign(state, changes);
    write(isStep);
    listeners.forEach((listener) => listener(new Set(changed)));
  }

  addEventListener("popstate", () => {
    read();
    listeners.forEach((listener) => listener(new Set(Object.keys(NOTHING))));
  });
  read();
  return { state, go, onChange: (listener) => listeners.push(listener), NOTHING };
})();

/** The content of the panel, as a part of the address: a cell, a paper or a discovery. */
const address = (...parts) => parts.map(encodeURIComponent).join("/");
const addressOfCell = ({ paper, experiment, group, parameter }) =>
  address("cell", paper, experiment, parameter, ...(group ? [group] : []));
const addressOf = ({ row, parameter }) => addressOfCell({ ...row, paper: row.paper.paper, parameter: parameter.name });

function parseAddress(text) {
  try {
    return text.split("/").map(decodeURIComponent);
  } catch {
    return [""]; // a link that was cut
  }
}
