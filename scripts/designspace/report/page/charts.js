"use strict";
// Charts of fields; a click on a field leads to its papers. Labels are texts: Plot writes no markup.

const Charts = (() => {
  const BASE = { style: { background: "transparent", color: "var(--faint)", fontSize: "11px", overflow: "visible" } };
  const HIT = { fill: "transparent", pointerEvents: "all" };
  const labelOf = (field) => `${field.label}: ${counted(field.count, "paper")}`;

  /** The axis of fields of numbers. A few fields have space around them, but not below zero if no value is there. */
  function axis({ isLog, edges, fields }, { kind }, count) {
    const [low, high] = [fields[0].from, fields.at(-1).to];
    const room = isLog ? 0 : (Math.max(0, Math.floor((7 - fields.length) / 2)) * (high - low)) / fields.length;
    const leftmost = edges[0] < 0 ? -Infinity : low - edges[0]; // zero, or the left side of its field
    const start = Math.max(low - room, leftmost);
    const domain = [start, start + high - low + 2 * room];
    const ticks = isLog ? edges.filter((edge) => edge.toExponential().startsWith("1")) : d3.ticks(...domain, count);
    return {
      type: isLog ? "log" : "linear",
      domain,
      tickFormat: shortNumber,
      ticks: kind === "integer" ? ticks.filter(Number.isInteger) : ticks,
    };
  }

  function histogram(host, divided, parameter, label) {
    const { fields } = divided;
    const highest = d3.max(fields, (field) => field.count);
    const x = { x1: "from", x2: "to" };
    const chart = Plot.plot({
      ...BASE,
      width: Math.max(240, host.clientWidth - 32),
      height: 150,
      marginLeft: 34,
      marginRight: 12,
      marginTop: 14,
      marginBottom: 24,
      x: { ...axis(divided, parameter, 6), label: null },
      y: { label: null, grid: true, ticks: Math.min(4, highest), tickFormat: "d", domain: [0, highest] },
      marks: [
        Plot.rectY(fields, { ...x, y1: 0, y2: "count", fill: "var(--accent)", insetLeft: 0.5, insetRight: 0.5, rx: 1 }),
        Plot.ruleY([0], { stroke: "var(--line-strong)" }),
        Plot.rectY(fields, { ...x, y1: 0, y2: highest, title: labelOf, ...HIT, ariaLabel: labelOf, className: "hits" }),
      ],
    });
    return clickable(chart, fields, label);
  }

  function bars(host, fields, label) {
    const highest = Math.max(
      1,
      d3.max(fields, (field) => field.count),
    );
    const short = (text) => (text.length > 26 ? `${text.slice(0, 25)}…` : text);
    const chart = Plot.plot({
      ...BASE,
      width: Math.max(240, host.clientWidth - 32),
      height: 20 + 22 * fields.length,
      marginTop: 8,
      marginBottom: 8,
      marginRight: 34,
      marginLeft:
        14 +
        6.3 *
          Math.min(
            26,
            d3.max(fields, (field) => field.label.length),
          ),
      x: { axis: null, domain: [0, highest] },
      y: { label: null, domain: fields.map((field) => field.label), tickFormat: short, tickSize: 0, padding: 0.2 },
      marks: [
        Plot.barX(fields, {
          x1: 0,
          x2: "count",
          y: "label",
          fill: (field) => (field.where ? "var(--accent)" : "var(--faint)"),
          rx: 1,
        }),
        Plot.text(fields, {
          x: "count",
          y: "label",
          text: (field) => field.count.toLocaleString("en"),
          dx: 6,
          textAnchor: "start",
          fill: "var(--ink)",
        }),
        Plot.ruleX([0], { stroke: "var(--line-strong)" }),
        Plot.barX(fields, {
          x1: 0,
          x2: highest,
          y: "label",
          title: labelOf,
          ...HIT,
          ariaLabel: labelOf,
          className: "hits",
        }),
      ],
    });
    return clickable(chart, fields, label);
  }

  /** Make the fields of a chart, drawn in their order with the class hits, lead to their papers. */
  function clickable(chart, fields, label) {
    chart.setAttribute("role", "group");
    chart.setAttribute("aria-label", label);
    pressable([...chart.querySelectorAll(".hits > *")], (number) => lead(fields[number]));
    return chart;
  }

  /** Make marks respond to mouse and keys: Tab goes to the first, the arrows to the others. */
  function pressable(hits, press) {
    hits.forEach((hit, number) => {
      hit.setAttribute("tabindex", number ? "-1" : "0");
      hit.setAttribute("role", "button");
      hit.classList.add("hit");
      hit.addEventListener("click", () => press(number));
      hit.addEventListener("keydown", (event) => {
        const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
        if (event.key === "Enter" || event.key === " ") press(number);
        else if (step) hits[number + step]?.focus();
        else return;
        event.preventDefault();
      });
    });
  }

  /** Go to the papers of a field, in the matrix. */
  function lead({ where, wheres = [where], count, label }) {
    if (!count) return announce(`No paper has ${label}.`);
    if (wheres.some((one) => !one)) return announce("These values are of many kinds; search them in the matrix.");
    const rest = View.state.where.filter((one) => !wheres.includes(one));
    View.go({ view: "matrix", where: [...rest, ...wheres], open: "" }, true);
  }

  /** How often values of each confidence are right: rows of evaluation_calibration.csv. */
  function calibration(rows) {
    const known = rows.filter((row) => row.n);
    return Plot.plot({
      ...BASE,
      width: 420,
      height: 340,
      marginLeft: 46,
      marginBottom: 42,
      marginTop: 16,
      x: { domain: [0, 1], label: "confidence", labelAnchor: "center", labelArrow: "none", ticks: 5 },
      y: {
        domain: [0, 1],
        label: "share that is right",
        labelAnchor: "center",
        labelArrow: "none",
        ticks: 5,
        grid: true,
      },
      r: { range: [2, 14], domain: [0, d3.max(known, (row) => row.n)] },
      marks: [
        Plot.line(
          [
            [0, 0],
            [1, 1],
          ],
          { stroke: "var(--line-strong)", strokeDasharray: "4 4" },
        ),
        Plot.line(known, { x: "confidence", y: "correct", stroke: "var(--accent)" }),
        Plot.dot(known, {
          x: "confidence",
          y: "correct",
          r: "n",
          fill: "var(--accent)",
          fillOpacity: 0.6,
          title: (row) =>
            `Confidence ${row.from} to ${row.to}: ${row.correct.toFixed(2)} of ${counted(row.n, "value")} right`,
        }),
      ],
    });
  }

  return { BASE, HIT, labelOf, axis, histogram, bars, clickable, pressable, calibration };
})();
