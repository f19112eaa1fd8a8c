"use strict";
// What the field has explored: how the values of one parameter are distributed, and of two together. Charts count
// papers, and a click leads to them. Their labels are texts: Plot writes no markup.

const Charts = (() => {
  const COMMONEST = 8; // texts and further categories that get a bar of their own

  /** The values of a parameter that the filter leaves of a paper, its experiments included. */
  function valuesOf(whole, index, result) {
    const told = rowsOf(whole)
      .map((row) => row.cells[index])
      .filter((cell) => !result.isNarrow || result.wanted(cell));
    return new Set(told.flatMap((cell) => cell.values));
  }

  /**
   * The fields into which a parameter's values fall: {isLog, edges (of numbers), fields: [{label, where, of(value)}]}.
   * where is the condition that leads to the papers.
   */
  function divide(index, values) {
    const parameter = PARAMETERS[index];
    if (isNumeric(parameter)) return divideNumbers(parameter, values.map(Number));
    const counts = d3.rollup(
      values,
      (all) => ({ label: all[0], count: all.length }),
      (value) => value.toLowerCase(),
    );
    const known = { category: parameter.values, boolean: ["true", "false"] }[parameter.kind];
    const common = [...counts.values()].sort((a, b) => b.count - a.count || d3.ascending(a.label, b.label));
    const labels = known ?? common.slice(0, COMMONEST).map(({ label }) => label);
    const key = (label) => label.toLowerCase();
    const fields = labels.map((label) => ({
      label,
      where: `${parameter.name}~${label}`,
      of: (value) => key(value) === key(label),
    }));
    const named = new Set(labels.map(key));
    const rest = common.filter(({ label }) => !named.has(key(label))).length;
    if (rest) fields.push({ label: `${rest} others`, where: null, of: (value) => !named.has(key(value)) });
    return { fields };
  }

  function divideNumbers({ name, kind }, numbers) {
    if (!numbers.length) return { edges: [], fields: [] };
    const [low, high] = d3.extent(numbers);
    const isLog = low > 0 && high / low >= 50;
    const edges = isLog ? logEdges(low, high) : evenEdges(low, high, kind === "integer");
    const fields = d3.pairs(edges).map(([from, to]) => ({
      ...{
        from,
        to,
        label:
          kind === "integer"
            ? wholes(Math.ceil(from), Math.ceil(to) - 1)
            : `${shortNumber(from)} to ${shortNumber(to)}`,
      },
      where: `${name}~${from}..${to}`,
      of: (value) => from <= value && value < to,
    }));
    return { isLog, edges, fields };
  }

  const wholes = (first, last) => (last > first ? `${first} to ${last}` : String(first));

  function evenEdges(low, high, isWhole) {
    const even = low < high ? d3.tickStep(low, high, 12) : isWhole ? 1 : Math.abs(low) / 10 || 1;
    const step = isWhole ? Math.max(1, even) : even;
    const first = Math.floor(low / step);
    return d3.range(first, Math.floor(high / step) + 2).map((number) => Number((number * step).toPrecision(12)));
  }

  /** 1, 2, 5, 10, 20 and so on around the numbers. */
  function logEdges(low, high) {
    const powers = d3.range(Math.floor(Math.log10(low)), Math.ceil(Math.log10(high)) + 2);
    const all = powers.flatMap((power) => [1, 2, 5].map((digit) => Number(`${digit}e${power}`)));
    return all.slice(d3.bisectRight(all, low) - 1, d3.bisectRight(all, high) + 1);
  }

  // ---- one parameter

  let watch;

  function drawSpace(host, result) {
    watch?.disconnect();
    const cards = result.columns.map((index) => {
      const card = el("section", { class: "card" });
      card.index = index;
      return card;
    });
    // Only what comes into view is drawn.
    watch = new IntersectionObserver(
      (entries) => {
        for (const { isIntersecting, target } of entries) {
          if (!isIntersecting) continue;
          watch.unobserve(target);
          drawCard(target, target.index, result);
        }
      },
      { rootMargin: "200px" },
    );
    host.replaceChildren(el("div", { class: "cards" }, cards));
    cards.forEach((card) => watch.observe(card));
  }

  function drawCard(card, index, result) {
    const parameter = PARAMETERS[index];
    const told = result.papers
      .map((whole) => [whole, [...valuesOf(whole, index, result)]])
      .filter(([, values]) => values.length);
    const { edges, isLog, fields } = divide(
      index,
      told.flatMap(([, values]) => values),
    );
    for (const field of fields) field.count = told.filter(([, values]) => values.some(field.of)).length;
    const head = el(
      "h3",
      { title: parameter.definition },
      parameter.name,
      parameter.unit && el("span", { class: "unit" }, ` ${parameter.unit}`),
    );
    const share = `${told.length.toLocaleString("en")} of ${counted(result.papers.length, "paper")}`;
    const spread =
      isNumeric(parameter) && told.length
        ? `, median ${shortNumber(d3.median(told.flatMap(([, values]) => values.map(Number))))}`
        : "";
    card.replaceChildren(head, el("p", { class: "faint" }, share + spread));
    if (!told.length) return card.append(empty("No paper that is shown reports it."));
    const label = `${parameter.name}: papers by value`;
    card.append(edges ? histogram(card, fields, { edges, isLog, parameter, label }) : bars(card, fields, label));
  }

  const BASE = { style: { background: "transparent", color: "var(--faint)", fontSize: "11px", overflow: "visible" } };
  const HIT = { fill: "transparent", pointerEvents: "all" };
  const told = (field) => `${field.label}: ${counted(field.count, "paper")}`;

  function histogram(host, fields, { edges, isLog, parameter, label }) {
    const highest = d3.max(fields, (field) => field.count);
    const [low, high] = d3.extent(edges);
    const more = isLog ? 0 : (Math.max(0, Math.floor((7 - fields.length) / 2)) * (high - low)) / fields.length; // room around few
    const inWords = (number) => (parameter.kind === "integer" && !Number.isInteger(number) ? "" : shortNumber(number));
    const x = { x1: "from", x2: "to" };
    const chart = Plot.plot({
      ...BASE,
      ...{
        width: Math.max(240, host.clientWidth - 32),
        height: 150,
        marginLeft: 34,
        marginRight: 12,
        marginTop: 14,
        marginBottom: 24,
      },
      x: {
        type: isLog ? "log" : "linear",
        domain: [low - more, high + more],
        label: null,
        tickFormat: inWords,
        ticks: isLog ? edges.filter((edge) => /^1/.test(edge.toExponential())) : 6,
      },
      y: { label: null, grid: true, ticks: Math.min(4, highest), tickFormat: "d", domain: [0, highest] },
      marks: [
        Plot.rectY(fields, { ...x, y1: 0, y2: "count", fill: "var(--accent)", insetLeft: 0.5, insetRight: 0.5, rx: 1 }),
        Plot.ruleY([0], { stroke: "var(--line-strong)" }),
        Plot.rectY(fields, { ...x, y1: 0, y2: highest, title: told, ...HIT, ariaLabel: told, className: "hits" }),
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
      ...{
        width: Math.max(240, host.clientWidth - 32),
        height: 20 + 22 * fields.length,
        marginTop: 8,
        marginBottom: 8,
        marginRight: 34,
      },
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
        Plot.barX(fields, { x1: 0, x2: highest, y: "label", title: told, ...HIT, ariaLabel: told, className: "hits" }),
      ],
    });
    return clickable(chart, fields, label);
  }

  /** Let the fields of a chart, drawn in their order as the class hits, lead to their papers by mouse and by keys. */
  function clickable(chart, fields, label, open = lead) {
    chart.setAttribute("role", "group");
    chart.setAttribute("aria-label", label);
    const hits = [...chart.querySelectorAll(".hits > *")];
    hits.forEach((hit, number) => {
      const field = fields[number];
      hit.setAttribute("tabindex", number ? "-1" : "0");
      hit.setAttribute("role", "button");
      hit.classList.add("hit");
      hit.addEventListener("click", () => open(field));
      hit.addEventListener("keydown", (event) => {
        const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
        if (event.key === "Enter" || event.key === " ") open(field);
        else if (step) hits[number + step]?.focus();
        else return;
        event.preventDefault();
      });
    });
    return chart;
  }

  /** To the papers of a field, in the matrix. */
  function lead({ where, wheres = [where], count, label }) {
    if (!count) return say(`No paper has ${label}.`);
    if (wheres.some((one) => !one)) return say("These values are of many kinds; search them in the matrix.");
    const rest = View.state.where.filter((one) => !wheres.includes(one));
    View.go({ view: "matrix", where: [...rest, ...wheres], open: "" }, true);
  }

  // ---- two parameters

  function drawPair(host, result) {
    const known = PARAMETERS.map((_, index) => index);
    const usual = defaults(result, known);
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
      divide(
        index,
        dots.map((dot) => dot.values[at]),
      ),
    );
    const fields = cross(across, up, dots);
    const bare = fields.filter((field) => !field.count).length;
    const both = counted(new Set(dots.map((dot) => dot.whole)).size, "paper");
    note.textContent = `Both are reported by ${both}. Of ${counted(fields.length, "field")}, ${bare.toLocaleString("en")} are blank: no paper is there.`;
    const draw = isNumeric(PARAMETERS[x]) && isNumeric(PARAMETERS[y]) ? scatter : heat;
    place.append(draw(place, { x, y, across, up, fields, dots }));
  }

  /** The number and the category that most papers report. */
  function defaults(result, known) {
    const having = (index) =>
      result.papers.filter((whole) => rowsOf(whole).some((row) => row.cells[index].values.length)).length;
    const ranked = known.filter((index) => PARAMETERS[index].kind !== "string").sort((a, b) => having(b) - having(a));
    const first = ranked.find((index) => PARAMETERS[index].kind === "category") ?? ranked[0] ?? 0;
    return [ranked.find((index) => index !== first && isNumeric(PARAMETERS[index])) ?? ranked[1] ?? first, first];
  }

  /** Each pair of values that one row, an experiment or a paper without any, holds: {whole, values: [x, y]}. */
  function pairs(result, x, y) {
    const dots = new Map();
    for (const whole of result.papers) {
      for (const row of whole.parts.length ? whole.parts : [whole]) {
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
  const shade = (fields) => ({
    opacity: { type: "sqrt", domain: [0, d3.max(fields, (field) => field.count)], range: [0.06, 0.75] },
  });

  function heat(host, { x, y, across, up, fields }) {
    const short = (text) => (text.length > 24 ? `${text.slice(0, 23)}…` : text);
    const at = { x: (field) => field.a.label, y: (field) => field.b.label };
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
      ...BASE,
      ...shade(fields),
      style: { ...BASE.style, fontSize: "12px" },
      ...{ width, height: 34 + below + 44 * up.fields.length, marginLeft: left, marginBottom: below, marginTop: 34 },
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
      marks: [
        Plot.cell(fields, { ...at, fill: "none", stroke: "var(--line)", rx: 3 }),
        Plot.cell(
          fields.filter((field) => field.count),
          { ...at, fill: "var(--accent)", fillOpacity: "count", rx: 3 },
        ),
        Plot.text(
          fields.filter((field) => field.count),
          { ...at, text: (field) => String(field.count), fill: "var(--ink)" },
        ),
        Plot.cell(fields, { ...at, title: told, ...HIT, rx: 3, ariaLabel: told, className: "hits" }),
      ],
    });
    return clickable(chart, fields, `Papers by ${title(x)} and ${title(y)}`);
  }

  function scatter(host, { x, y, across, up, fields, dots }) {
    const box = {
      x1: (field) => field.a.from,
      x2: (field) => field.a.to,
      y1: (field) => field.b.from,
      y2: (field) => field.b.to,
    };
    const axis = ({ isLog, edges }, index) => ({
      ...{
        type: isLog ? "log" : "linear",
        domain: d3.extent(edges),
        label: title(index),
        labelAnchor: "center",
        tickFormat: shortNumber,
      },
      ticks: isLog ? edges.filter((edge) => /^1/.test(edge.toExponential())) : 8,
    });
    const chart = Plot.plot({
      ...BASE,
      ...shade(fields),
      style: { ...BASE.style, fontSize: "12px" },
      width: Math.min(host.clientWidth - 32, 1300),
      height: Math.min(820, Math.max(320, innerHeight - 240)),
      ...{ marginLeft: 60, marginBottom: 46, marginTop: 14, marginRight: 20 },
      x: axis(across, x),
      y: axis(up, y),
      marks: [
        Plot.rect(fields, { ...box, fill: "none", stroke: "var(--line)" }),
        Plot.rect(
          fields.filter((field) => field.count),
          { ...box, fill: "var(--accent)", fillOpacity: "count", inset: 0.5 },
        ),
        Plot.rect(fields, { ...box, title: told, ...HIT, ariaLabel: told, className: "hits" }),
        Plot.dot(dots, {
          ...{
            x: (dot) => Number(dot.values[0]),
            y: (dot) => Number(dot.values[1]),
            r: 3.5,
            fill: "var(--ink)",
            fillOpacity: 0.55,
          },
          ...{ title: (dot) => `${dot.whole.paper.paper}: ${dot.values.join(", ")}`, className: "papers" },
        }),
      ],
    });
    const circles = [...chart.querySelectorAll(".papers > *")];
    circles.forEach((circle, number) => {
      circle.classList.add("hit");
      circle.addEventListener("click", () => View.go({ open: address("paper", dots[number].whole.paper.paper) }));
    });
    return clickable(chart, fields, `Papers by ${title(x)} and ${title(y)}`);
  }

  // ---- calibration

  /** How often the values of a confidence are right: rows of evaluation_calibration.csv. */
  function calibration(rows) {
    const known = rows.filter((row) => row.n);
    return Plot.plot({
      ...BASE,
      ...{ width: 420, height: 340, marginLeft: 46, marginBottom: 42, marginTop: 16 },
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
          ...{ x: "confidence", y: "correct", r: "n", fill: "var(--accent)", fillOpacity: 0.6 },
          title: (row) =>
            `Confidence ${row.from} to ${row.to}: ${row.correct.toFixed(2)} of ${counted(row.n, "value")} right`,
        }),
      ],
    });
  }

  return { drawSpace, drawPair, calibration };
})();
