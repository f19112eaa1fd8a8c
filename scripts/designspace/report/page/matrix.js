"use strict";
// The matrix: papers by parameters; the rows of a paper's experiments and their groups follow its row.

const Matrix = (() => {
  const MARKS = { accepted: "✓", corrected: "✎", rejected: "✕", disputed: "≠" };
  const WIDTHS = { integer: 108, number: 108, boolean: 104, category: 136, string: 152 };
  const folded = new Set(); // papers whose experiments and groups are hidden
  let grid, rows, shown;

  /** The grid's rows: papers in order, each with its experiments. */
  function arrange(result, state) {
    const papers = sorted(result.papers, state.sort);
    const hasParts = (whole) => !state.parts && !folded.has(whole.paper.paper);
    const keeps = (part) => !result.isNarrow || result.columns.some((index) => result.wanted(part.cells[index]));
    return papers.flatMap((whole) => [whole, ...(hasParts(whole) ? whole.parts.filter(keeps) : [])]);
  }

  function sorted(papers, sort) {
    const isDown = sort.startsWith("-");
    const key = sort.replace("-", "");
    if (!key) return papers;
    if (key === "paper") return isDown ? papers.toReversed() : papers;
    const rank = rankBy(key, isDown);
    const ranked = papers.map((whole) => [rank(whole), whole]);
    const compare = (a, b) => (typeof a === "string" ? a.localeCompare(b, "en", { numeric: true }) : a - b);
    return ranked
      .sort(([a], [b]) => (a == null || b == null ? (a == null) - (b == null) : (isDown ? -1 : 1) * compare(a, b)))
      .map(([, whole]) => whole);
  }

  /** The sort key of papers; papers without one come last. */
  function rankBy(key, isDown) {
    const cells = (whole) => rowsOf(whole).flatMap((row) => row.cells);
    if (key === "values") return (whole) => cells(whole).filter((cell) => cell.status === "reported").length;
    if (key === "confidence") {
      return (whole) => {
        const confidences = cells(whole)
          .filter((cell) => cell.status === "reported")
          .map(lowest)
          .filter(Number.isFinite);
        return confidences.length ? Math.min(...confidences) : null;
      };
    }
    const index = PARAMETER.get(key) ?? 0;
    const isNumber = isNumeric(PARAMETERS[index]);
    return (whole) => {
      const values = rowsOf(whole).flatMap((row) => row.cells[index].values);
      if (isNumber) return values.length ? (isDown ? Math.max : Math.min)(...values) : null;
      return values[0]?.toLowerCase();
    };
  }

  function columns(result, state) {
    const direction = (key) => (state.sort === key ? "ascending" : state.sort === `-${key}` ? "descending" : undefined);
    const names = {
      key: "paper",
      width: 232,
      isHead: true,
      canSort: true,
      sorted: state.sort === "" ? "ascending" : direction("paper"),
      head: () => ["Paper", arrow(state.sort === "" ? "ascending" : direction("paper"))],
      cell: fillName,
    };
    return [names, ...result.columns.map((index) => column(index, direction(PARAMETERS[index].name)))];
  }

  const arrow = (sorted) =>
    sorted && el("span", { class: "arrow", "aria-hidden": "true" }, sorted === "ascending" ? " ↑" : " ↓");

  function column(index, sorted) {
    const { name, unit, kind, definition } = PARAMETERS[index];
    const having = PAPERS.filter((whole) => rowsOf(whole).some((row) => row.cells[index].values.length)).length;
    const head = () => {
      const bar = el("span", { class: "coverage" }, el("span", {}));
      bar.firstChild.style.width = `${(100 * having) / Math.max(1, PAPERS.length)}%`;
      const label = [breakable(name), arrow(sorted), unit && el("span", { class: "unit" }, ` ${unit}`)];
      const title = `${definition}\nReported by ${having.toLocaleString("en")} of ${counted(PAPERS.length, "paper")}.`;
      return el("div", { title }, el("span", {}, label), bar);
    };
    return {
      key: name,
      index,
      width: WIDTHS[kind] ?? 136,
      canSort: true,
      sorted,
      head,
      cell: (td, row) => fill(td, row.cells[index]),
    };
  }

  /** A name in snake_case with possible line breaks after its underscores. */
  const breakable = (name) => name.split(/(?<=_)/).flatMap((word) => [word, el("wbr")]);

  function fillName(td, row) {
    const { paper, whole, above, experiment, group, parts } = row;
    if (whole) {
      td.append(el("span", { class: above === whole ? "experiment" : "experiment group" }, group || experiment));
      td.title = `${[group, experiment].filter(Boolean).join(" of ")} of ${citationOf(paper)}`;
      return;
    }
    td.title = [paper.title, paper.paper, paper.file].filter(Boolean).join("\n");
    const isFolded = folded.has(paper.paper);
    const label = `${isFolded ? "Show" : "Hide"} the ${parts.some((part) => !part.group) ? "experiments" : "groups"} of ${citationOf(paper)}`;
    const attributes = {
      class: "fold",
      tabindex: "-1",
      "aria-label": label,
      "aria-expanded": String(!isFolded),
      title: `${label} (E)`,
    };
    const name = el("span", { class: "paper" }, citationOf(paper));
    const state = paper.status === "ok" ? null : el("span", { class: "state" }, paper.status);
    const canFold = parts.length && !View.state.parts;
    td.append(
      canFold ? button(isFolded ? "▸" : "▾", () => fold(row), attributes) : el("span", { class: "fold" }),
      name,
    );
    if (state) td.append(state);
  }

  function fold({ paper }) {
    if (!folded.delete(paper.paper)) folded.add(paper.paper);
    draw(shown);
  }

  /** Fold by the key: the focus goes to the row of the paper, which remains visible. */
  function foldAt(row) {
    const whole = row.whole ?? row;
    if (!whole.parts.length || View.state.parts) return;
    fold(whole);
    grid.focus(rows.indexOf(whole));
  }

  function fill(td, cell) {
    td.classList.add("cell", cell.status);
    if (!shown.wanted(cell) && shown.isNarrow) td.classList.add("faded");
    if (cell.verdict) td.classList.add("reviewed");
    if (View.state.open === addressOf(cell)) td.classList.add("open");
    td.title = describe(cell);
    td.setAttribute("aria-label", describe(cell));
    const confidence = lowest(cell);
    if (cell.status === "reported") {
      td.style.setProperty(
        "--sure",
        cell.verdict === "corrected" || !Number.isFinite(confidence) ? 0 : confidence.toFixed(2),
      );
      td.append(el("span", { class: "value" }, cell.values.join("; ")));
    } else {
      const sign = { failed: "failed", not_reported: "–", none: "", same: "" }[cell.status];
      td.append(el("span", { class: "value" }, sign));
    }
    if (cell.verdict)
      td.append(el("span", { class: `mark ${cell.verdict}${cell.pending ? " here" : ""}` }, MARKS[cell.verdict]));
  }

  function sortBy({ key }) {
    const { sort } = View.state;
    const now = sort === "" ? "paper" : sort;
    View.go({
      sort:
        key === "paper" ? (now === "paper" ? "-paper" : "") : now === key ? `-${key}` : now === `-${key}` ? "" : key,
    });
  }

  function open(row, { index }) {
    View.go({ open: index == null ? address("paper", row.paper.paper) : addressOf(row.cells[index]) });
  }

  /** The next value, row by row, that nobody has reviewed; it gets the focus and is opened. */
  function next() {
    const wide = grid.columns.length;
    const start = Math.max(0, grid.at.row) * wide + grid.at.column;
    for (let step = 1; step <= rows.length * wide; step += 1) {
      const at = (start + step) % (rows.length * wide);
      const [row, column] = [rows[Math.floor(at / wide)], grid.columns[at % wide]];
      const cell = column.index == null ? null : row.cells[column.index];
      if (!cell || cell.status !== "reported" || cell.verdict || (shown.isNarrow && !shown.wanted(cell))) continue;
      grid.focus(Math.floor(at / wide), at % wide);
      open(row, column);
      return;
    }
    announce("All values that are shown have been reviewed.");
  }

  /** The most doubtful value that is shown; it is opened. */
  function doubtful() {
    const papers = new Set(shown.papers);
    const cell = Queue.mostDoubtful(
      (one) => papers.has(one.row.whole ?? one.row) && (!shown.isNarrow || shown.wanted(one)),
    );
    if (!cell) return announce("None of the values shown is doubtful any more.");
    show(cell);
    View.go({ open: addressOf(cell) });
  }

  function mount(host) {
    const sorts = [
      ["", "Paper"],
      ["-values", "Most values"],
      ["values", "Fewest values"],
      ["confidence", "Lowest confidence"],
    ];
    const options = () =>
      sorts.some(([key]) => key === View.state.sort) ? sorts : [...sorts, [View.state.sort, "Column"]];
    const tools = el(
      "div",
      { class: "tools" },
      el("span", { class: "legend" }, "Confidence 0 ", el("span", { class: "scale" }), " 1"),
      el("span", { class: "legend" }, el("b", {}, "–"), " not reported"),
      el("span", { class: "legend failed" }, el("span", { class: "value" }, "failed"), " without an answer"),
      Object.entries(MARKS).map(([verdict, mark]) =>
        el("span", { class: "legend" }, el("span", { class: `mark ${verdict}` }, mark), ` ${verdict}`),
      ),
      el("span", { class: "legend" }, el("span", { class: "mark here" }, "✓"), " not in the run yet"),
      el("span", { class: "gap" }),
      el(
        "label",
        {},
        "Sort ",
        select("Sort", options(), View.state.sort, (sort) => View.go({ sort })),
      ),
      ROWS.some((row) => row.parts.length) &&
        el(
          "label",
          {},
          el("input", {
            type: "checkbox",
            checked: !View.state.parts,
            onchange: (e) => View.go({ parts: e.target.checked ? "" : "no" }),
          }),
          "Experiments",
        ),
      button("Next by doubt", doubtful, { class: "plain", title: "The most doubtful value without a review (D)" }),
      button("Keys", () => Help.open(), { class: "plain" }),
    );
    host.append(tools);
    const key = (event, row, column) => {
      if (row && event.key.toLowerCase() === "e") foldAt(row);
      else Panel.key(event, row && column?.index != null ? row.cells[column.index] : null);
    };
    const moved = (row, column) => View.state.open && row && open(row, column);
    const rowClass = (row) => (row.whole ? "part" : row.parts.length ? "whole" : null);
    grid = new Grid(host, { label: "Papers by parameters", open, sort: sortBy, key, moved, rowClass });
  }

  function draw(result) {
    shown = result;
    rows = arrange(result, View.state);
    grid.show(columns(result, View.state), rows);
    const none = PAPERS.length ? "No paper fits the filter." : "There is no paper in this run.";
    grid.scroller.classList.toggle("bare", !rows.length);
    grid.scroller.dataset.none = rows.length ? "" : none;
  }

  /** Put the focus on the cell in the address, if that cell is shown. */
  function show(cell) {
    const row = rows.indexOf(cell.row);
    const column = grid.columns.findIndex(({ index }) => index != null && PARAMETERS[index] === cell.parameter);
    if (row >= 0 && column >= 0) grid.focus(row, column);
  }

  return {
    mount,
    draw,
    show,
    next,
    doubtful,
    refresh: () => grid?.refresh(),
    focus: () => grid?.focus(),
    top: () => grid?.scroller.scrollTo(0, 0),
  };
})();

/** What the keys do. */
const Help = {
  open() {
    const keys = [
      ["/", "to the search"],
      ["↑ ↓ ← →", "from cell to cell; Ctrl+Home and Ctrl+End to the first and the last"],
      ["Enter", "opens a cell, or sorts by a column"],
      ["E", "hides or shows the experiments and groups of a paper"],
      ["Esc", "closes the details"],
      ["A", "accepts the value"],
      ["C", "changes it"],
      ["R", "rejects it"],
      ["N", "to the next value without a review"],
      ["D", "to the most doubtful one"],
      ["U", "undoes the last change"],
    ];
    const list = el(
      "dl",
      {},
      keys.map(([key, what]) => [el("dt", {}, el("kbd", {}, key)), el("dd", {}, what)]),
    );
    const dialog = el(
      "dialog",
      { class: "help", onclose: (event) => event.target.remove() },
      el("h2", {}, "Keys"),
      list,
      el("form", { method: "dialog" }, el("button", {}, "Close")),
    );
    document.body.append(dialog);
    dialog.showModal();
  },
};
