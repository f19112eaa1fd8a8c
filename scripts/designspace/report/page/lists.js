"use strict";
// Lists of objects that a click sorts, and the two views that are one list: papers and discoveries.

const Lists = (() => {
  const text = (key, label, width, more = {}) => ({ key, label, width, ...more });
  const figure = (key, label, width = 96, more = {}) => text(key, label, width, { isNumber: true, ...more });

  /** A grid of objects. columns: [{key, label, width, isNumber, show(row): text or nodes}]; a click in the head sorts. */
  function list(host, { label, columns, rows, open, rowClass, none }) {
    let order = null;
    const options = { label, open, rowClass, sort };
    const grid = new Grid(host, options);
    function sort({ key }) {
      order = order?.key !== key ? { key, isDown: false } : order.isDown ? null : { key, isDown: true };
      draw();
    }
    function draw() {
      const shown = order
        ? [...rows].sort((a, b) => (order.isDown ? -1 : 1) * compare(a[order.key], b[order.key]))
        : rows;
      grid.show(columns.map(asColumn), shown);
    }
    function asColumn(column, index) {
      const sorted = order?.key === column.key ? (order.isDown ? "descending" : "ascending") : undefined;
      const cell = (td, row) => {
        const value = column.show ? column.show(row) : row[column.key];
        const shown = typeof value === "number" ? value.toLocaleString("en") : (value ?? "");
        td.append(...[shown].flat());
        if (typeof shown === "string") td.title = shown;
        if (column.isNumber) td.classList.add("number");
        if (column.isAlarm?.(row)) td.classList.add("alarm");
      };
      const sign =
        sorted && el("span", { class: "arrow", "aria-hidden": "true" }, sorted === "ascending" ? " ↑" : " ↓");
      const head = () => [el("span", { title: column.title ?? null }, column.label, sign)];
      return { ...column, isHead: index === 0, canSort: true, sorted, cell, head };
    }
    draw();
    grid.scroller.dataset.none = rows.length ? "" : none;
    grid.scroller.classList.toggle("bare", !rows.length);
    return grid;
  }

  function compare(a, b) {
    if (a == null || b == null || a === "" || b === "") return (a == null || a === "") - (b == null || b === "");
    return typeof a === "number" ? a - b : String(a).localeCompare(String(b), "en", { numeric: true });
  }

  function heading(title, sentence) {
    return el("div", { class: "heading" }, el("h2", {}, title), sentence && el("p", { class: "faint" }, sentence));
  }

  // ---- papers

  function papers(host) {
    const rows = ROWS.map((row) => {
      const cells = rowsOf(row).flatMap((one) => one.cells);
      const values = cells.filter((cell) => cell.status === "reported");
      const { paper } = row;
      const share = paper.tokens ? paper.tokens_kept / paper.tokens : null;
      return { ...paper, share, values: values.length, reviewed: values.filter((cell) => cell.verdict).length };
    });
    const read = rows.filter((row) => row.status === "ok").length;
    const files = rows.filter((row) => row.file).length;
    const isTrouble = (row) => row.is_counted && row.status !== "ok";
    host.append(
      heading(
        "Papers",
        `${read} of ${counted(files, "file")} were read and answered. Open a paper to see what truncation left out.`,
      ),
    );
    list(host, {
      label: "Papers",
      rows,
      rowClass: (row) => (isTrouble(row) ? "trouble" : null),
      none: "There is no paper in this run.",
      open: (row) => View.go({ open: address("paper", row.paper) }),
      columns: [
        text("citation", "Paper", 240, { show: citationOf }),
        text("status", "Status", 110, { isAlarm: isTrouble }),
        figure("pages", "Pages", 80),
        figure("tokens", "Tokens", 90),
        figure("share", "Kept", 80, {
          show: (row) => (row.share == null ? "" : `${Math.floor(100 * row.share)}%`),
          title: "The share of its tokens that the model was given",
        }),
        figure("values", "Values", 80),
        figure("reviewed", "Reviewed", 100),
        text("reason", "Reason", 340, {
          show: fateOf,
        }),
        text("title", "Title", 340),
        text("paper", "Id", 200),
        text("file", "File", 300, { show: (row) => (row.file ? [link(row.pdf, row.file, { tabindex: "-1" })] : "") }),
      ],
    });
  }

  // ---- discoveries

  function discoveries(host) {
    const count = ({ findings }) => new Set(findings.map(({ paper }) => paper)).size;
    const values = ({ findings }) =>
      findings.map(({ value, unit }) => [value, unit].filter(Boolean).join(" ")).join("; ");
    const rows = DATA.discoveries.map((one) => ({ ...one, count: count(one), values: values(one) }));
    host.append(
      heading(
        "Discoveries",
        "What papers report and the library does not ask for, the most common first. Open one to copy it as a parameter.",
      ),
    );
    list(host, {
      label: "Discoveries",
      rows,
      none: "Nothing was discovered.",
      open: (row) => View.go({ open: address("discovery", row.name) }),
      columns: [
        text("name", "Name", 260),
        figure("count", "Papers", 90),
        text("category", "Category", 130),
        text("importance", "Importance", 110),
        text("values", "Values", 320),
        text("description", "Description", 460),
      ],
    });
  }

  return { text, figure, list, heading, papers, discoveries };
})();
