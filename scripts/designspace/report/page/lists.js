"use strict";
// The views that are lists: papers, discoveries, the evaluation and the run.

const Lists = (() => {
  const text = (key, label, width, more = {}) => ({ key, label, width, ...more });
  const figure = (key, label, width = 96, more = {}) => text(key, label, width, { isNumber: true, ...more });
  const rate = (key, label) =>
    figure(key, label, 110, { show: (row) => (row[key] == null ? "" : row[key].toFixed(2)) });

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
        const told = column.show ? column.show(row) : row[column.key];
        const shown = typeof told === "number" ? told.toLocaleString("en") : (told ?? "");
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
    host.append(
      heading(
        "Papers",
        `${read} of ${counted(rows.length, "file")} were read and answered. Open a paper to see what truncation left out.`,
      ),
    );
    list(host, {
      label: "Papers",
      rows,
      rowClass: (row) => (["ok", "duplicate"].includes(row.status) ? null : "trouble"),
      none: "There is no paper in this run.",
      open: (row) => View.go({ open: address("paper", row.paper) }),
      columns: [
        text("paper", "Paper", 240),
        text("status", "Status", 110, { isAlarm: (row) => !["ok", "duplicate"].includes(row.status) }),
        figure("pages", "Pages", 80),
        figure("tokens", "Tokens", 90),
        figure("share", "Kept", 80, {
          show: (row) => (row.share == null ? "" : `${Math.floor(100 * row.share)}%`),
          title: "The share of its tokens that the model was given",
        }),
        figure("values", "Values", 80),
        figure("reviewed", "Reviewed", 100),
        text("reason", "Reason", 340, {
          show: (row) => (row.duplicate_of ? `The same file as ${row.duplicate_of}.` : row.reason),
        }),
        text("file", "File", 300, { show: (row) => [link(row.pdf, row.file, { tabindex: "-1" })] }),
      ],
    });
  }

  // ---- discoveries

  function discoveries(host) {
    const count = (found) => new Set(found.papers.map(([paper]) => paper)).size;
    const values = (found) =>
      found.papers.map(([, , value, unit]) => [value, unit].filter(Boolean).join(" ")).join("; ");
    const rows = DATA.discoveries.map((found) => ({ ...found, count: count(found), values: values(found) }));
    host.append(
      heading(
        "Discoveries",
        "What papers report and the library does not ask for, the commonest first. Open one to copy it as a parameter.",
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

  // ---- evaluation

  function evaluation(host) {
    const { evaluation: scores, errors, calibration } = DATA.evaluation;
    const kinds = [...new Set(errors.map((row) => row.error))].sort();
    const chosen = kinds.includes(View.state.error) ? View.state.error : "";
    const rows = errors
      .filter((row) => !chosen || row.error === chosen)
      .map((row) => ({ ...row, where: [row.paper, row.experiment].filter(Boolean).join(", ") }));
    const [left, right] = [el("div", { class: "half" }), el("div", { class: "half" })];
    const known = calibration.filter((row) => row.n);
    const [all] = scores;
    const f1 =
      all?.f1 == null
        ? ""
        : `F1 ${all.f1.toFixed(2)}, precision ${(all.precision ?? 0).toFixed(2)}, recall ${(all.recall ?? 0).toFixed(2)} on ${counted(all.support, "value")} of readers. `;
    host.append(
      heading("Evaluation", `${f1}Measured is the model, whatever was corrected since.`),
      el("div", { class: "halves" }, left, right),
    );
    left.append(el("h3", {}, "By parameter"));
    list(left, {
      label: "Scores by parameter",
      rows: scores,
      none: "There are no scores.",
      open: (row) => PARAMETER.has(row.parameter) && View.go({ view: "matrix", parameter: row.parameter }, true),
      columns: [
        text("parameter", "Parameter", 200),
        figure("f1", "F1", 130, { show: (row) => (row.f1 == null ? "" : [meter(row.f1, row.f1.toFixed(2))]) }),
        rate("precision", "Precision"),
        rate("recall", "Recall"),
        figure("support", "Gold", 80, { title: "Values that readers found" }),
        figure("reported", "Reported", 96),
        figure("correct", "Right", 80),
        rate("same_sentence", "Sentence"),
        rate("same_page", "Page"),
      ],
    });
    right.append(
      el("h3", {}, "Calibration"),
      known.length ? Charts.calibration(calibration) : empty("There is no value to compare."),
    );
    const pick = select(
      "Kind of error",
      [
        ["", "All kinds"],
        ...kinds.map((kind) => [kind, `${kind} (${errors.filter((row) => row.error === kind).length})`]),
      ],
      chosen,
      (error) => View.go({ error }),
    );
    const below = el("div", { class: "below" }, el("div", { class: "above" }, el("h3", {}, "Errors"), pick));
    host.append(below);
    list(below, {
      label: "Errors",
      rows,
      none: "There are no errors.",
      open: (row) => View.go({ open: address("cell", row.paper, row.experiment, row.parameter) }),
      columns: [
        text("where", "Paper", 240),
        text("parameter", "Parameter", 190),
        text("error", "Error", 120),
        text("gold", "Readers", 180),
        text("value", "Model", 180),
        figure("confidence", "Confidence", 110, { show: (row) => row.confidence?.toFixed(2) ?? "" }),
        text("candidate", "Candidate", 140),
        text("gold_evidence", "The readers’ sentence", 400),
      ],
    });
  }

  // ---- the run

  function run(host) {
    const { memory, plan, configuration, steps } = DATA;
    const distinct = (key) => [...new Set(memory.map((row) => row[key]).filter(Boolean))].join("; ");
    const about = el(
      "section",
      { class: "card" },
      el("h3", {}, "Model"),
      facts([
        ["Model", distinct("model") || plan.model],
        ["Revision", distinct("revision") || plan.revision],
        ["Versions", distinct("software")],
      ]),
    );
    const most = (key) => d3.max(memory, (row) => row[key]);
    const planned = el(
      "section",
      { class: "card" },
      el("h3", {}, "Memory"),
      facts([
        ["Predicted, for the longest paper that fits", bytes(plan.extraction?.predicted_peak_bytes)],
        ["Predicted, for the longest paper there was", bytes(most("predicted_bytes"))],
        ["Measured in a paper’s process, the most", bytes(most("allocated_bytes"))],
        ["In use on the GPU, the most", most("device_bytes") ? bytes(most("device_bytes")) : ""],
        ["Tokens of a paper that fit", plan.token_budget?.toLocaleString("en")],
        ["Limited by", plan.extraction?.limited_by],
      ]),
    );
    const took = el(
      "section",
      { class: "card" },
      el("h3", {}, "Time by step"),
      steps.length
        ? simple(
            ["Step", "Jobs", "Time", "Memory"],
            steps.map((step) => [step.step, step.jobs.toLocaleString("en"), duration(step.seconds), bytes(step.bytes)]),
          )
        : empty("No step wrote down its time."),
    );
    const details = ["extraction", "discovery"]
      .filter((task) => plan[task])
      .map((task) =>
        el(
          "details",
          {},
          el("summary", {}, `The memory plan of ${task}`),
          facts(Object.entries(plan[task]).map(([name, told]) => [name, quantity(name, told)])),
        ),
      );
    const settings = el(
      "section",
      { class: "card" },
      el("h3", {}, "Configuration"),
      facts(flat(configuration)),
      details,
    );
    host.append(
      heading("Run", "What asked, on what, and what it took."),
      el("div", { class: "cards" }, about, planned, took, settings),
    );
    const below = el(
      "div",
      { class: "below" },
      el("h3", {}, "By paper"),
      el(
        "p",
        { class: "faint" },
        "Predicted is the plan’s peak; allocated is the measured peak of the paper’s process, device what the GPU had in use at the end.",
      ),
    );
    host.append(below);
    const size = (key, label) => figure(key, label, 110, { show: (row) => bytes(row[key] || null) });
    const seconds = (key, label) => figure(key, label, 90, { show: (row) => duration(row[key]) });
    list(below, {
      label: "Memory and time by paper",
      rows: memory,
      none: "No paper was answered.",
      open: (row) => View.go({ open: address("paper", row.paper) }),
      columns: [
        text("paper", "Paper", 240),
        text("task", "Task", 100),
        text("status", "Status", 100, { isAlarm: (row) => row.status !== "ok" }),
        figure("attempt", "Attempt", 84),
        size("predicted_bytes", "Predicted"),
        size("allocated_bytes", "Allocated"),
        size("device_bytes", "Device"),
        figure("prompt_tokens", "Tokens read", 104),
        figure("new_tokens", "Written", 84),
        seconds("seconds_attach", "Attach"),
        seconds("seconds_prefill", "Prefill"),
        seconds("seconds_decode", "Decode"),
      ],
    });
  }

  const quantity = (name, told) =>
    name.endsWith("bytes") ? bytes(told) : typeof told === "number" ? told.toLocaleString("en") : String(told);

  /** A configuration as pairs: model.name, memory.capacity. */
  function flat(settings, above = "") {
    return Object.entries(settings ?? {}).flatMap(([key, told]) =>
      told && typeof told === "object" && !Array.isArray(told)
        ? flat(told, `${above}${key}.`)
        : [[above + key, Array.isArray(told) ? told.join(", ") : told]],
    );
  }

  function simple(head, rows) {
    const line = (cells, tag) =>
      el(
        "tr",
        {},
        cells.map((cell, index) => el(tag, { class: index ? "number" : null }, cell)),
      );
    return el(
      "table",
      { class: "plain" },
      el("thead", {}, line(head, "th")),
      el(
        "tbody",
        {},
        rows.map((cells) => line(cells, "td")),
      ),
    );
  }

  return { papers, discoveries, evaluation, run };
})();
