"use strict";
// The page: its views, its head, and the updates after a change.

(() => {
  const FILTERS = ["q", "paper", "parameter", "status", "review", "low", "high", "where"];
  const VIEWS = {
    __proto__: null, // the keys come from the address
    matrix: { title: "Matrix", filters: true, mount: Matrix.mount, draw: Matrix.draw, on: ["sort", "parts"] },
    space: { title: "Distributions", filters: true, draw: (result) => Distributions.draw(host, result), on: [] },
    pair: { title: "Two parameters", filters: true, draw: (result) => Pairs.draw(host, result), on: ["x", "y"] },
    forest: { title: "Forest", filters: true, draw: (result) => Forest.draw(host, result), on: ["outcome"] },
    discoveries: { title: "Discoveries", mount: Lists.discoveries },
    papers: { title: "Papers", mount: Lists.papers },
    reviews: { title: "Review", mount: Reviewing.draw, on: ["sample"] },
    evaluation: { title: "Evaluation", mount: Evaluation.draw, on: ["error"], isHidden: !DATA.evaluation },
    run: { title: "Run", mount: RunView.draw },
  };
  const host = document.getElementById("view");
  let result = null;

  const current = () => (VIEWS[View.state.view] && !VIEWS[View.state.view].isHidden ? View.state.view : "matrix");

  function drawTabs() {
    const tabs = Object.entries(VIEWS)
      .filter(([, view]) => !view.isHidden)
      .map(([name, { title }]) =>
        button(title, () => View.go({ view: name, open: "" }, true), {
          "aria-current": name === current() ? "page" : null,
          "data-view": name,
        }),
      );
    document.getElementById("views").replaceChildren(...tabs);
  }

  function drawReview() {
    const { reviewed, values } = Corrections.progress();
    const waiting = Corrections.waiting();
    const file = Corrections.fileName();
    const label = `Export ${file}${waiting ? ` (${waiting} new)` : ""}`;
    const who = button(Corrections.reviewer() ? `Reviewer: ${Corrections.reviewer()}` : "Who are you?", Review.askWho, {
      id: "who",
      class: "plain",
      title: "Whose marks you set, and whether you see those of others",
    });
    const share = meter(
      values ? reviewed / values : 0,
      `${reviewed.toLocaleString("en")} of ${counted(values, "value")} reviewed`,
    );
    const lost =
      !Corrections.isKept() &&
      el(
        "span",
        { class: "alarm", role: "alert" },
        "This browser does not keep corrections: export them before you close the page.",
      );
    document.getElementById("review").replaceChildren(
      ...[
        lost,
        share,
        who,
        Corrections.canUndo() &&
          button("Undo", () => Corrections.undo(), { title: "Undo the last change (U)", class: "plain" }),
        button(label, exportFile, {
          id: "export",
          title: advice(),
          class: waiting ? "strong" : "",
          disabled: Corrections.isEmpty(),
        }),
      ].filter(Boolean),
    );
  }

  const advice = () =>
    `Put ${Corrections.fileName()} at config/${Corrections.isTeam() ? "corrections/" : ""}${Corrections.fileName()}; the next run merges it.`;

  function exportFile() {
    const file = URL.createObjectURL(new Blob([Corrections.csv()], { type: "text/csv" }));
    el("a", { href: file, download: Corrections.fileName() }).click();
    setTimeout(() => URL.revokeObjectURL(file), 1000);
    Corrections.exported();
    announce(advice());
  }

  /** Draw the whole view. */
  function mount() {
    const view = VIEWS[current()];
    host.replaceChildren();
    host.className = current();
    document.getElementById("filter").hidden = !view.filters;
    view.mount?.(host);
    drawTabs();
  }

  /** Apply the filter, and draw what depends on it. */
  function draw() {
    const view = VIEWS[current()];
    if (!view.filters) return;
    result = Filter.apply(["pair", "forest"].includes(current()) ? { ...View.state, parameter: "" } : View.state);
    FilterBar.draw();
    FilterBar.count(result);
    view.draw(result);
  }

  View.onChange((changed) => {
    const view = VIEWS[current()];
    const has = (keys) => keys.some((key) => changed.has(key));
    if (changed.has("view") || (view.on && !view.filters && has(view.on))) {
      mount();
      draw();
    } else if (view.filters && (has(FILTERS) || has(view.on))) {
      draw();
      if (has(FILTERS) && current() === "matrix") Matrix.top();
    }
    if (changed.has("open")) {
      Panel.remember();
      Panel.show(View.state.open);
      if (current() === "matrix") Matrix.refresh();
    }
  });

  Corrections.onChange((cell) => {
    drawReview();
    if (current() === "matrix") Matrix.refresh();
    if (current() === "reviews") mount();
    const isInPanel = document.getElementById("panel").contains(document.activeElement);
    if (!cell || Panel.isOf(cell)) Panel.show(View.state.open);
    if (!isInPanel) return; // the button that had the focus is gone
    if (current() === "matrix") Matrix.focus();
    else document.querySelector("#panel h2")?.focus();
  });

  addEventListener("keydown", (event) => {
    if (document.querySelector("dialog[open]")) return;
    const isWriting =
      /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) && !["checkbox", "radio"].includes(event.target.type);
    const menu = document.querySelector("details.menu[open]");
    if (event.key === "Escape" && menu) menu.open = false;
    else if (event.key === "Escape" && Panel.isOpen()) Panel.close();
    else if (event.key === "Escape" && isWriting) event.target.blur();
    else if (event.key === "/" && !isWriting && VIEWS[current()].filters) {
      event.preventDefault();
      document.getElementById("search").select();
    } else if (!isWriting && document.getElementById("panel").contains(event.target)) Panel.key(event);
  });

  addEventListener("click", (event) => {
    document
      .querySelectorAll("details.menu[open]")
      .forEach((menu) => menu.contains(event.target) || (menu.open = false));
  });

  const note = document.getElementById("note");
  note.textContent = DATA.note;
  note.hidden = !DATA.note;
  drawReview();
  mount();
  draw();
  if (View.state.open) {
    Panel.show(View.state.open);
    const [kind, paper, experiment, name, group] = parseAddress(View.state.open);
    const row = kind === "cell" ? findRow(paper, experiment, group) : null;
    if (row && current() === "matrix" && PARAMETER.has(name)) Matrix.show(row.cells[PARAMETER.get(name)]);
  }
})();
