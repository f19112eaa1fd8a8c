"use strict";
// The bar with the filters, above the views of values.

const FilterBar = (() => {
  const STATUS = [
    ["", "Any status"],
    ["reported", "Reported"],
    ["not_reported", "Not reported"],
    ["failed", "Failed, not read"],
  ];
  const REVIEWED = [
    ["", "Any review"],
    ["no", "Not reviewed"],
    ["yes", "Reviewed"],
    ["accepted", "Accepted"],
    ["corrected", "Corrected"],
    ["rejected", "Rejected"],
    ["disputed", "Disputed"],
    ["noted", "With a note"],
    ["here", "Reviewed here"],
  ];
  const EMPTY = ["q", "paper", "parameter", "status", "review", "low", "high", "where"];
  let bar, counts;

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
      const condition = Filter.readCondition(where);
      const text = condition ? `${PARAMETERS[condition.index].name}: ${condition.label}` : where;
      return button([text, el("span", { "aria-hidden": "true" }, " ×")], remove(where), {
        class: "chip",
        "aria-label": `Remove the filter ${text}`,
      });
    });
  }

  /** Draw the bar again, except a field that is being edited. */
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
        (counts = el("output", { id: "found" })),
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

  function count(result) {
    const papers = counted(PAPERS.length, "paper");
    const shown =
      result.papers.length === PAPERS.length ? papers : `${result.papers.length.toLocaleString("en")} of ${papers}`;
    counts.textContent = `${shown}, ${counted(result.cells, "cell")}`;
  }

  return { draw, count };
})();
