"use strict";
// A forest plot: a number of each group with its interval, or the effect of each comparison, as rows of a grid.

const Forest = (() => {
  const HEIGHT = 30;
  const COUNTED = PARAMETERS.findIndex(({ participants }) => participants === "analysed");
  const OUTCOMES = d3.group(
    DATA.outcomes.map((row) => named("outcomes", row)),
    ({ parameter }) => parameter,
  );
  const INTERVAL = "A line is the 95% confidence interval, where participants and spread are known.";
  const CHOICES = [...ofKind("mean", effects), ...ofKind("statistic", printed), ...ofKind("mean", means), ...numbers()];
  let order = null;
  let watch;

  // ---- what can be drawn: {key, label, unit, isEffect, isCount, about: a sentence, dots(result), all(result) in any unit}

  function ofKind(kind, choice) {
    return PARAMETERS.flatMap((parameter, index) => (parameter.kind === kind ? [choice(parameter, index)] : []));
  }

  function effects({ name }, index) {
    const about = `A dot is Hedges’ g of two groups, the first less the second. ${INTERVAL}`;
    const dots = (result) => ofOutcomes(result, index).filter((dot) => dot.other);
    return { key: `${name}:g`, label: `${name}: Hedges’ g`, unit: "", isEffect: true, about, dots };
  }

  function printed({ name }, index) {
    const about = `A dot is Cohen’s d as it is printed with the statistic. ${INTERVAL}`;
    const dots = (result) => ofOutcomes(result, index);
    return { key: `${name}:d`, label: `${name}: printed d`, unit: "", isEffect: true, about, dots };
  }

  function means({ name, unit }, index) {
    const about = `A dot is the mean of a group. ${INTERVAL}`;
    const all = (result) => ofOutcomes(result, index).filter((dot) => !dot.other);
    const dots = (result) => {
      const found = all(result);
      const own = unit ? "" : d3.mode(found, (dot) => dot.unit); // a parameter without a unit has the commonest
      return found.filter((dot) => dot.unit === own);
    };
    return { key: name, label: name, unit, about, dots, all };
  }

  function numbers() {
    return PARAMETERS.flatMap((parameter, index) => {
      const { name, unit } = parameter;
      const isCount = parameter.kind === "integer" || parameter.per !== "group"; // comparing these says little
      const dots = (result) => ofValues(result, index);
      const about = "A dot is the value of a group, or one of several values of an experiment or a paper.";
      return isNumeric(parameter) ? [{ key: name, label: name, unit, about, dots, isCount }] : [];
    });
  }

  // ---- dots: {whole, row, other: the second group's row, cell, value, low, high, n}

  function ofOutcomes(result, index) {
    const shown = new Set(result.papers);
    const rows = (OUTCOMES.get(index) ?? []).filter(({ paper }) => shown.has(ROWS[paper]));
    return rows.map(({ paper, part, other, unit, n, value, low, high }) => {
      const whole = ROWS[paper];
      const row = part ? whole.parts[part - 1] : whole;
      const dot = { whole, row, cell: holderOf(row, index).cells[index], unit, value, n: n || null };
      return { ...dot, other: other ? whole.parts[other - 1] : null, ...(low === "" ? {} : { low, high }) };
    });
  }

  /**
   * A dot for the value of each row without parts. If an experiment or a paper lists several values, it is unknown which
   * part has which: values that no part has of its own are drawn at the row that lists them.
   */
  function ofValues(result, index) {
    const dots = new Map();
    for (const whole of result.papers) {
      for (const leaf of leavesOf(whole)) {
        const holder = holderOf(leaf, index);
        const cell = holder.cells[index];
        const isListed = holder !== leaf && cell.values.length > 1;
        const row = isListed ? holder : leaf;
        const parts = whole.parts.filter(({ above }) => isListed && [above, above.above].includes(holder));
        const known = new Set(parts.flatMap((part) => part.cells[index].values));
        const values = cell.values.filter((value) => !known.has(value));
        const dot = { whole, row, cell, n: participantsOf(row) };
        dots.set(row, values.map((value) => ({ ...dot, value: Number(value) })));
      }
    }
    return [...dots.values()].flat();
  }

  /** As in meta.csv: the group's own number, or the one that holds for a row without groups. */
  function participantsOf(row) {
    if (COUNTED < 0) return null;
    const values = row.group ? row.cells[COUNTED].values : heldBy(row, COUNTED);
    return values.length === 1 ? Number(values[0]) : null;
  }

  // ---- the view

  function draw(host, result) {
    watch?.disconnect();
    const asked = CHOICES.find(({ key }) => key === View.state.outcome);
    const drawn = CHOICES.filter((one) => one.dots(result).length);
    const choice = asked ?? drawn.find((one) => !one.isCount) ?? drawn[0] ?? CHOICES[0];
    if (!choice) return host.replaceChildren(empty("No parameter of the library is a number."));
    const dots = choice.dots(result);
    const options = CHOICES.map(({ key, label }) => [key, label]);
    const pick = select("What is drawn", options, choice.key, (outcome) => View.go({ outcome }));
    const papers = counted(new Set(dots.map(({ whole }) => whole)).size, "paper");
    const size = "More participants have a larger dot.";
    const others = (choice.all?.(result) ?? dots).length - dots.length;
    const notDrawn = `${counted(others, "row")} ${others === 1 ? "is" : "are"} in another unit, and not drawn.`;
    const pending = dots.some(({ cell }) => cell.pending && !isNumeric(cell.parameter));
    const notes = [choice.about, size, others && notDrawn, pending && "What was corrected here is drawn after the next run."];
    const sentence = `${counted(dots.length, "row")} of ${papers}. ${notes.filter(Boolean).join(" ")}`;
    host.replaceChildren(
      el("div", { class: "tools" }, el("label", {}, "Number ", pick)),
      el("p", { class: "faint" }, sentence),
    );
    if (!dots.length) return host.append(empty("No paper that is shown reports it."));
    list(host, { ...choice, unit: choice.unit || dots[0].unit }, dots);
  }

  function list(host, choice, dots) {
    let width;
    const open = ({ cell }) => View.go({ open: addressOf(cell) });
    const grid = new Grid(host, { label: `Forest plot of ${choice.label}`, height: HEIGHT, open, sort });
    function sort({ key }) {
      order = order?.key !== key ? { key, sign: 1 } : order.sign > 0 ? { key, sign: -1 } : null;
      show();
    }
    function show() {
      width = grid.scroller.clientWidth;
      const texts = textColumns(choice, dots, width > 1100);
      const taken = d3.sum(texts, (text) => text.width);
      const column = texts.find(({ key }) => key === order?.key);
      const isSorted = (one) => (one === column ? (order.sign > 0 ? "ascending" : "descending") : undefined);
      const plot = plotColumn(choice, dots, Math.max(240, width - taken));
      const rows = column ? [...dots].sort((a, b) => compare(column.of(a), column.of(b), order.sign)) : dots;
      grid.show([...texts.slice(0, -1), plot, texts.at(-1)].map((one) => ({ ...one, sorted: isSorted(one) })), rows);
    }
    show();
    // For example when the panel opens, or a scroll bar appears.
    watch = new ResizeObserver(() => grid.scroller.isConnected && width !== grid.scroller.clientWidth && show());
    watch.observe(grid.scroller);
  }

  /** Missing values come last in either order. */
  function compare(a, b, sign) {
    if (a == null || b == null) return (a == null) - (b == null);
    return sign * (typeof a === "number" ? a - b : a.localeCompare(b, "en", { numeric: true }));
  }

  function textColumns(choice, dots, isWide) {
    const column = (key, title, width, of, more = {}) => ({
      key,
      width,
      of,
      canSort: true,
      head: () => [title],
      cell: (td, dot) => {
        const text = more.show?.(dot) ?? of(dot)?.toLocaleString("en") ?? "";
        td.append(text);
        td.title = text;
        if (more.isNumber) td.classList.add("number");
      },
      ...more,
    });
    return [
      column("citation", "Paper", 190, ({ whole }) => citationOf(whole.paper), { isHead: true }),
      dots.some(({ row }) => row.experiment) && column("experiment", "Experiment", 110, ({ row }) => row.experiment),
      dots.some(({ row }) => row.group) && column("group", "Group", isWide ? 250 : 160, groupOf),
      column("n", "n", 56, ({ n }) => n, { isNumber: true }),
      column("value", choice.label, 170, ({ value }) => value, { isNumber: true, show: (dot) => inNumbers(dot, choice) }),
    ].filter(Boolean);
  }

  const groupOf = ({ row, other }) => (other ? `${row.group} − ${other.group}` : row.group);
  const rounded = (number) => String(Number(number.toPrecision(3)));
  const inNumbers = ({ value, low, high }, { isEffect }) =>
    (isEffect ? rounded(value) : shortNumber(value)) + (low == null ? "" : ` [${rounded(low)}, ${rounded(high)}]`);

  function inWords(dot, { label, unit }) {
    const where = whereOf({ experiment: dot.row.experiment, group: groupOf(dot) }, citationOf(dot.whole.paper));
    const interval = dot.low == null ? "" : `, 95% interval ${shortNumber(dot.low)} to ${shortNumber(dot.high)}`;
    const people = dot.n == null ? "" : `, ${counted(dot.n, "participant")}`;
    return `${where}: ${label} ${shortNumber(dot.value)}${unit ? ` ${unit}` : ""}${interval}${people}`;
  }

  // ---- the drawing of a row: all rows have one scale, and their lines connect

  function plotColumn(choice, dots, width) {
    const x = scaleOf(choice, dots, width);
    const radius = d3.scaleSqrt([0, d3.max(dots, ({ n }) => n) ?? 1], [2.5, 9]);
    const ticks = x.ticks(6).filter((tick) => !x.base || /^[125]/.test(tick.toExponential())); // x.base: of logarithms
    const svg = (height) => d3.create("svg").attr("width", width).attr("height", height);
    const axis = () => {
      const drawn = svg(34).attr("aria-hidden", "true");
      const text = (across, down, label) => drawn.append("text").attr("x", across).attr("y", down).text(label);
      text(width / 2, 12, choice.label + (choice.unit ? ` (${choice.unit})` : ""));
      for (const tick of ticks) text(x(tick), 29, shortNumber(tick));
      return [drawn.node()];
    };
    const row = (td, dot) => {
      const drawn = svg(HEIGHT).attr("role", "img").attr("aria-label", inWords(dot, choice));
      const line = (from, to, top, bottom, name) =>
        drawn.append("line").attr("x1", from).attr("x2", to).attr("y1", top).attr("y2", bottom).attr("class", name);
      for (const tick of ticks) line(x(tick), x(tick), 0, HEIGHT, tick === 0 ? "zero" : "tick");
      const middle = HEIGHT / 2;
      drawn.append("circle").attr("cx", x(dot.value)).attr("cy", middle).attr("r", radius(dot.n ?? 0));
      if (dot.low != null) line(x(dot.low), x(dot.high), middle, middle, "interval");
      drawn.append("title").text(inWords(dot, choice));
      td.classList.add("plot");
      td.append(drawn.node());
    };
    return { key: "plot", width, head: axis, cell: row };
  }

  /** The horizontal scale: logarithmic if all numbers are positive and the highest is many times the lowest. */
  function scaleOf({ isEffect }, dots, width) {
    const all = dots.flatMap(({ value, low, high }) => [value, low ?? value, high ?? value]);
    const [lowest, highest] = d3.extent(isEffect ? [...all, 0] : all);
    const room = (highest - lowest) * 0.03 || Math.abs(highest) * 0.1 || 1;
    const range = [16, width - 16];
    if (lowest > 0 && highest / lowest >= 50) return d3.scaleLog([lowest, highest], range);
    return d3.scaleLinear([lowest - room, highest + room], range);
  }

  return { draw };
})();
