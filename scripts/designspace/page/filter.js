"use strict";
// Which cells are wanted, and so which rows. A filter of cells keeps the papers that have such a cell.

const Filter = (() => {
  // Keys come from the address: these objects know no others than their own.
  const has = {
    __proto__: null,
    reported: (cell) => cell.status === "reported",
    not_reported: (cell) => cell.status === "not_reported",
    failed: (cell) => cell.status === "failed" || (cell.status === "none" && cell.row.paper.status !== "ok"),
  };
  const reviewed = {
    __proto__: null,
    no: (cell) => !cell.verdict && cell.status === "reported",
    yes: (cell) => cell.verdict,
    accepted: (cell) => cell.verdict === "accepted",
    corrected: (cell) => cell.verdict === "corrected",
    rejected: (cell) => cell.verdict === "rejected",
    here: (cell) => cell.pending,
  };

  function searchable(cell) {
    const told = cell.answers.flatMap((a) => [a.value, a.candidate, a.reason, a.reasoning, a.sentence?.[1]]);
    return [...cell.values, ...told, cell.told?.note, cell.told?.reviewer].filter(Boolean).join("\n").toLowerCase();
  }

  const nameOf = ({ paper, file }) => `${paper}\n${file}`.toLowerCase();

  /** Whether a paper's name is among those asked for: ids as they are, or parts of an id or a file's name. */
  function byPaper(text) {
    const wanted = text
      .split(",")
      .map((piece) => piece.trim())
      .filter(Boolean);
    const ids = new Set(wanted.filter((piece) => ROW.has(piece)));
    const parts = wanted.filter((piece) => !ROW.has(piece)).map((piece) => piece.toLowerCase());
    return (paper) => !wanted.length || ids.has(paper.paper) || parts.some((part) => nameOf(paper).includes(part));
  }

  /** Conditions on the values that a row holds, all on one row: "name~value", or "name~from..to", without its end. */
  function byValues(conditions) {
    const tests = conditions.map(readCondition).filter(Boolean);
    const fits = (row) => tests.every(({ index, test }) => heldBy(row, index).some(test));
    return (whole) => !tests.length || (whole.parts.length ? whole.parts : [whole]).some(fits);
  }

  function readCondition(text) {
    const [name, told] = [text.slice(0, text.indexOf("~")), text.slice(text.indexOf("~") + 1)];
    if (!PARAMETER.has(name)) return null;
    const index = PARAMETER.get(name);
    if (!isNumeric(PARAMETERS[index])) {
      return { index, told, test: (value) => value.toLowerCase() === told.toLowerCase() };
    }
    const [from, to] = told.split("..").map(Number);
    return { index, told: `${shortNumber(from)} to ${shortNumber(to)}`, test: (value) => from <= value && value < to };
  }

  /** {papers: rows of papers to show, wanted: whether a cell is, columns: indices, cells: how many}. */
  function apply(state) {
    const columns = columnsOf(state);
    const q = state.q.trim().toLowerCase();
    const [low, high] = [state.low === "" ? -1 : Number(state.low), state.high === "" ? 2 : Number(state.high)];
    const bySure = state.low !== "" || state.high !== "";
    const byState = has[state.status];
    const byReview = reviewed[state.review];
    const isNarrow = Boolean(q || bySure || byState || byReview || state.parameter);
    let nameHits = false; // a paper whose name has the text is wanted with all its cells

    function wanted(cell) {
      if (byState && !byState(cell)) return false;
      if (byReview && !byReview(cell)) return false;
      if (bySure) {
        const sure = cell.status === "reported" ? lowest(cell) : Infinity;
        if (!Number.isFinite(sure) || sure < low || sure > high) return false;
      }
      if (q && !nameHits && !(cell.search ??= searchable(cell)).includes(q)) return false;
      return byState || q || cell.status === "reported" || cell.status === "failed" || Boolean(cell.verdict);
    }

    const [isOfPaper, holds] = [byPaper(state.paper), byValues(state.where)];
    const papers = [];
    let cells = 0;
    const found = new Set();
    for (const whole of PAPERS) {
      if (!isOfPaper(whole.paper) || !holds(whole)) continue;
      nameHits = q !== "" && nameOf(whole.paper).includes(q);
      const before = cells;
      for (const row of rowsOf(whole)) {
        for (const index of columns) {
          if (!wanted(row.cells[index])) continue;
          found.add(row.cells[index]);
          cells += 1;
        }
      }
      if (cells > before || !isNarrow || (nameHits && !byState && !byReview && !bySure)) papers.push(whole);
    }
    return { papers, columns, cells, isNarrow, wanted: (cell) => found.has(cell) };
  }

  function columnsOf(state) {
    const asked = state.parameter
      .split(",")
      .filter((name) => PARAMETER.has(name))
      .map((name) => PARAMETER.get(name));
    return asked.length ? asked : PARAMETERS.map((_, index) => index);
  }

  return { apply, columnsOf, readCondition };
})();

const shortNumber = (number) => (Number.isFinite(number) ? String(Number(number.toPrecision(6))) : "");

/** The bar with the filters, which stands above the views of values. */
const FilterBar = (() => {
  const STATUS = [
    ["", "Any status"],
    ["reported", "Reported"],
    ["not_reported", "Not reported"],
    ["failed", "Failed, not read"],
  ];
  const REVIEWED = [
    ...[
      ["", "Any review"],
      ["no", "Not reviewed"],
      ["yes", "Reviewed"],
      ["accepted", "Accepted"],
    ],
    ...[
      ["corrected", "Corrected"],
      ["rejected", "Rejected"],
      ["here", "Reviewed here"],
    ],
  ];
  const EMPTY = ["q", "paper", "parameter", "status", "review", "low", "high", "where"];
  let bar, found;

  function field(key, attributes) {
    let waiting;
    const later = (event) => {
      clearTimeout(waiting);
      waiting = setTimeout(() => View.go({ [key]: event.target.value }), 60);
    };
    return el("input", { value: View.state[key], oninput: later, "data-key": key, ...attributes });
  }

  function parameters() {
    const chosen = new Set(Filter.columnsOf(View.state));
    const boxes = PARAMETERS.map(({ name, definition }, index) =>
      el(
        "label",
        { title: definition },
        el("input", { type: "checkbox", value: index, checked: chosen.has(index) }),
        name,
      ),
    );
    const list = el("div", { class: "choices", onchange: choose }, boxes);
    function choose() {
      const names = [...list.querySelectorAll(":checked")].map((box) => PARAMETERS[box.value].name);
      View.go({ parameter: names.length === PARAMETERS.length ? "" : names.join(",") });
    }
    function tick(isOn) {
      list.querySelectorAll("input").forEach((box) => (box.checked = isOn));
      if (isOn) choose();
    }
    const all = el(
      "div",
      { class: "both" },
      button("All", () => tick(true)),
      button("None", () => tick(false)),
    );
    return el(
      "details",
      { class: "menu", ontoggle: (event) => event.target.open || draw() },
      el("summary", {}, ofParameters()),
      el("div", { class: "drop" }, all, list),
    );
  }

  function ofParameters() {
    const { length } = Filter.columnsOf(View.state);
    return length === PARAMETERS.length ? "All parameters" : counted(length, "parameter");
  }

  function chips() {
    const remove = (where) => () => View.go({ where: View.state.where.filter((other) => other !== where) }, true);
    return View.state.where.map((where) => {
      const told = Filter.readCondition(where);
      const text = told ? `${PARAMETERS[told.index].name}: ${told.told}` : where;
      return button([text, el("span", { "aria-hidden": "true" }, " ×")], remove(where), {
        ...{ class: "chip", "aria-label": `Remove the filter ${text}` },
      });
    });
  }

  /** Draw the bar anew, but for a field in which somebody writes. */
  function draw() {
    const { state } = View;
    const part = (name) => bar.querySelector(`[data-part=${name}]`);
    if (!bar) {
      bar = document.getElementById("filter");
      const search = {
        type: "search",
        placeholder: "Search values and sentences",
        "aria-label": "Search",
        id: "search",
      };
      const paper = { type: "search", placeholder: "Paper", "aria-label": "Paper", class: "narrow" };
      const share = { type: "number", min: 0, max: 1, step: 0.05, class: "share" };
      bar.append(
        el("span", { class: "search" }, field("q", search), el("kbd", { title: "Press / to search" }, "/")),
        field("paper", paper),
        ...["parameters", "status", "review"].map((name) => el("span", { "data-part": name })),
        el(
          "span",
          { class: "range" },
          "Confidence",
          field("low", { ...share, placeholder: "0", "aria-label": "Confidence from" }),
          "to",
          field("high", { ...share, placeholder: "1", "aria-label": "Confidence to" }),
        ),
        ...["chips", "clear"].map((name) => el("span", { "data-part": name })),
        (found = el("output", { id: "found" })),
      );
    }
    bar.querySelectorAll("[data-key]").forEach((input) => {
      if (input !== document.activeElement) input.value = state[input.dataset.key];
    });
    const menu = part("parameters").querySelector("[open]");
    if (menu) menu.firstChild.textContent = ofParameters();
    else part("parameters").replaceChildren(parameters());
    part("status").replaceChildren(select("Status", STATUS, state.status, (status) => View.go({ status })));
    part("review").replaceChildren(select("Review", REVIEWED, state.review, (review) => View.go({ review })));
    part("chips").replaceChildren(...chips());
    const isSet = EMPTY.some((key) => String(state[key]) !== "");
    const clear = () => View.go(Object.fromEntries(EMPTY.map((key) => [key, View.NOTHING[key]])), true);
    part("clear").replaceChildren(...(isSet ? [button("Clear", clear, { class: "plain" })] : []));
  }

  function tell(result) {
    const papers = counted(PAPERS.length, "paper");
    const some =
      result.papers.length === PAPERS.length ? papers : `${result.papers.length.toLocaleString("en")} of ${papers}`;
    found.textContent = `${some}, ${counted(result.cells, "cell")}`;
  }

  return { draw, tell };
})();
