"use strict";
// The panel beside a view: the evidence of a cell, a paper, or a discovery, according to the address.

const Panel = (() => {
  const panel = document.getElementById("panel");
  let opened = null; // the cell whose evidence is shown
  let before = null; // what had the focus

  function show(text) {
    const [kind, ...parts] = parseAddress(text);
    const content = { __proto__: null, cell: Evidence.of, paper: Details.paper, discovery: Details.discovery }[kind]?.(
      ...parts,
    );
    opened = content?.cell ?? null;
    panel.hidden = !content;
    if (!content) return panel.replaceChildren();
    const shut = button("×", close, { class: "close", "aria-label": "Close (Esc)", title: "Close (Esc)" });
    const share = button("Copy link", () => copy(location.href), { class: "plain" });
    panel.replaceChildren(
      el("div", { class: "title" }, el("h2", { tabindex: "-1" }, content.title), share, shut),
      ...content.parts.flat(Infinity).filter(Boolean),
    );
    panel.scrollTop = 0;
    Pictures.centre();
  }

  function close() {
    View.go({ open: "" });
    if (View.state.view === "matrix") Matrix.focus();
    else before?.focus();
  }

  return {
    show,
    close,
    isOpen: () => !panel.hidden,
    isOf: (cell) => opened === cell,
    remember: () => (before = panel.contains(document.activeElement) ? before : document.activeElement),
    /** The letters that review a cell, in the matrix and in the panel. */
    key(event, cell = opened) {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const key = event.key.toLowerCase();
      if (key === "n" && View.state.view === "matrix") return Matrix.next();
      if (key === "d" && View.state.view === "matrix") return Matrix.doubtful();
      if (key === "u") return Corrections.undo();
      if (!cell || !["a", "c", "r"].includes(key)) return;
      event.preventDefault();
      if (View.state.open !== addressOf(cell)) View.go({ open: addressOf(cell) });
      if (key === "c") Review.form(panel.querySelector(".review"), cell);
      else if (key === "r" || cell.values.length) Review.act(key === "a" ? "accept" : "reject", cell);
    },
  };
})();
