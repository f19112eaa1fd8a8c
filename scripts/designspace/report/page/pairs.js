"use strict";
// Two parameters together: which combinations papers have, and which no paper has.

const Pairs = (() => {
  function draw(host, result) {
    const indices = PARAMETERS.map((_, index) => index);
    const usual = defaults(result, indices);
    const [x, y] = ["x", "y"].map((axis, at) => PARAMETER.get(View.state[axis]) ?? usual[at]);
    const pick = (axis, chosen) =>
      el(
        "label",
        {},
        `${axis === "x" ? "Across" : "Up"} `,
        select(
          axis,
          PARAMETERS.map(({ name }) => [name, name]),
          PARAMETERS[chosen].name,
          (name) => View.go({ [axis]: name }),
        ),
      );
    const swap = button("Swap", () => View.go({ x: PARAMETERS[y].name, y: PARAMETERS[x].name }), { class: "plain" });
    const place = el("div", { class: "chart" });
    const note = el("p", { class: "faint" });
    host.replaceChildren(el("div", { class: "tools" }, pick("x", x), pick("y", y), swap), note, place);
    if (x == null) return;
    const dots = pairs(result, x, y);
    if (!dots.length) return place.append(empty("No paper that is shown reports both."));
    const [across, up] = [
      [x, 0],
      [y, 1],
    ].map(([index, at]) =>
      Fields.divide(
        index,
        dots.map((dot) => dot.values[at]),
      ),
    );
    const fields = cross(across, up, dots);
    const bare = fields.filter((field) => !field.count).length;
    const both = counted(new Set(dots.map((dot) => dot.whole)).size, "paper");
    const blank = `Of ${counted(fields.length, "field")}, ${bare.toLocaleString("en")} ${bare === 1 ? "is" : "are"} blank: no paper is there.`;
    note.textContent = `Both are reported by ${both}. ${bare ? blank : ""}`;
    const chart = isNumeric(PARAMETERS[x]) && isNumeric(PARAMETERS[y]) ? scatter : heat;
    place.append(chart(place, { x, y, across, up, fields, dots }));
  }

  /** The number and the category that most papers report. */
  function defaults(result, indices) {
    const having = (index) =>
      result.papers.filter((whole) => rowsOf(whole).some((row) => row.cells[index].values.length)).length;
    const ranked = indices.filter((index) => PARAMETERS[index].kind !== "string").sort((a, b) => having(b) - having(a));
    const first = ranked.find((index) => PARAMETERS[index].kind === "category") ?? ranked[0] ?? 0;
    return [ranked.find((index) => index !== first && isNumeric(PARAMETERS[index])) ?? ranked[1] ?? first, first];
  }

  /** Each pair of values of a group, or of an experiment or a paper without groups: {whole, values: [x, y]}. */
  function pairs(result, x, y) {
    const dots = new Map();
    for (const whole of result.papers) {
      for (const row of leavesOf(whole)) {
        for (const a of heldBy(row, x)) {
          for (const b of heldBy(row, y))
            dots.set(JSON.stringify([whole.paper.paper, a, b]), { whole, values: [a, b] });
        }
      }
    }
    return [...dots.values()];
  }

  function cross(across, up, dots) {
    return across.fields.flatMap((a) =>
      up.fields.map((b) => {
        const inside = dots.filter(({ values }) => a.of(values[0]) && b.of(values[1]));
        const count = new Set(inside.map((dot) => dot.whole)).size;
        return { a, b, count, label: `${a.label} with ${b.label}`, wheres: [a.where, b.where] };
      }),
    );
  }

  const title = (index) => PARAMETERS[index].name + (PARAMETERS[index].unit ? ` (${PARAMETERS[index].unit})` : "");
  const COUNT = { value: "count", scale: "opacity" }; // by name: Plot takes counts that are all 1 for opacities
  const shade = (fields) => ({
    opacity: { type: "sqrt", domain: [0, d3.max(fields, (field) => field.count)], range: [0.06, 0.75] },
  });

  /** The fields of two parameters as cells, with the number of papers in each. */
  function cells(fields) {
    const at = { x: (field) => field.a.label, y: (field) => field.b.label, rx: 3 };
    const { labelOf } = Charts;
    const having = fields.filter((field) => field.count);
    return [
      Plot.cell(fields, { ...at, fill: "none", stroke: "var(--line)" }),
      Plot.cell(having, { ...at, fill: "var(--accent)", fillOpacity: COUNT }),
      Plot.text(having, { x: at.x, y: at.y, text: (field) => String(field.count), fill: "var(--ink)" }),
      Plot.cell(fields, { ...at, ...Charts.HIT, title: labelOf, ariaLabel: labelOf, className: "hits" }),
    ];
  }

  function heat(host, { x, y, across, up, fields }) {
    const short = (text) => (text.length > 24 ? `${text.slice(0, 23)}…` : text);
    const longest = Math.min(
      24,
      d3.max(up.fields, (field) => field.label.length),
    );
    const widest = Math.min(
      24,
      d3.max(across.fields, (field) => field.label.length),
    );
    const left = 36 + 7 * longest;
    const width = Math.min(host.clientWidth - 32, left + 120 * across.fields.length);
    const isTight = (width - left) / across.fields.length < 7 * widest; // the labels have no room side by side
    const below = isTight ? 40 + 4.2 * widest : 44;
    const chart = Plot.plot({
      ...Charts.BASE,
      ...shade(fields),
      style: { ...Charts.BASE.style, fontSize: "12px" },
      width,
      height: 34 + below + 44 * up.fields.length,
      marginLeft: left,
      marginBottom: below,
      marginTop: 34,
      x: {
        label: title(x),
        labelAnchor: "center",
        labelArrow: "none",
        domain: across.fields.map((field) => field.label),
        tickFormat: short,
        tickSize: 0,
        tickRotate: isTight ? -30 : 0,
        padding: 0.06,
      },
      y: {
        label: title(y),
        labelAnchor: "top",
        labelArrow: "none",
        domain: up.fields.map((field) => field.label).reverse(),
        tickFormat: short,
        tickSize: 0,
        padding: 0.06,
      },
      marks: cells(fields),
    });
    return Charts.clickable(chart, fields, `Papers by ${title(x)} and ${title(y)}`);
  }

  function scatter(host, { x, y, across, up, fields, dots }) {
    const box = {
      x1: (field) => field.a.from,
      x2: (field) => field.a.to,
      y1: (field) => field.b.from,
      y2: (field) => field.b.to,
    };
    const axis = (divided, index) => ({
      ...Charts.axis(divided, PARAMETERS[index], 8),
      label: title(index),
      labelAnchor: "center",
    });
    const inWords = (dot) => `${citationOf(dot.whole.paper)}: ${dot.values.join(", ")}`;
    const chart = Plot.plot({
      ...Charts.BASE,
      ...shade(fields),
      style: { ...Charts.BASE.style, fontSize: "12px" },
      width: Math.min(host.clientWidth - 32, 1300),
      height: Math.min(820, Math.max(320, innerHeight - 240)),
      marginLeft: 60,
      marginBottom: 46,
      marginTop: 14,
      marginRight: 20,
      x: axis(across, x),
      y: axis(up, y),
      marks: [
        Plot.rect(fields, { ...box, fill: "none", stroke: "var(--line)" }),
        Plot.rect(
          fields.filter((field) => field.count),
          { ...box, fill: "var(--accent)", fillOpacity: COUNT, inset: 0.5 },
        ),
        Plot.rect(fields, {
          ...box,
          title: Charts.labelOf,
          ...Charts.HIT,
          ariaLabel: Charts.labelOf,
          className: "hits",
        }),
        Plot.dot(dots, {
          x: (dot) => Number(dot.values[0]),
          y: (dot) => Number(dot.values[1]),
          r: 3.5,
          fill: "var(--ink)",
          fillOpacity: 0.55,
          title: inWords,
          ariaLabel: inWords,
          className: "papers",
        }),
      ],
    });
    const open = (number) => View.go({ open: address("paper", dots[number].whole.paper.paper) });
    Charts.pressable([...chart.querySelectorAll(".papers > *")], open);
    return Charts.clickable(chart, fields, `Papers by ${title(x)} and ${title(y)}`);
  }

  return { draw };
})();
