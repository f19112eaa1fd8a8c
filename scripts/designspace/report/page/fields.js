"use strict";
// The fields into which the values of a parameter fall, whose papers are counted.

const Fields = (() => {
  const COMMONEST = 8; // texts and further categories that get a bar of their own

  /**
   * The fields of the values of a parameter: {isLog, edges (of numbers), fields: [{label, where, of(value)}]}. `where` is
   * the condition that leads to the papers; `from` and `to` are the ends of a drawn field of numbers, on both sides of a
   * whole number.
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
    const isWhole = kind === "integer";
    const edges = isLog ? logEdges(low, high) : evenEdges(low, high, isWhole);
    const shift = isWhole ? 0.5 : 0;
    const title = (from, to) =>
      isWhole ? wholes(from, to - 1) : low === high ? shortNumber(low) : `${shortNumber(from)} to ${shortNumber(to)}`;
    const fields = d3.pairs(edges).map(([from, to]) => ({
      from: from - shift,
      to: to - shift,
      label: title(from, to),
      where: `${name}~${from}..${to}`,
      of: (value) => from <= value && value < to,
    }));
    return { isLog, edges, fields };
  }

  const wholes = (first, last) => (last > first ? `${first} to ${last}` : String(first));

  function evenEdges(low, high, isWhole) {
    const exact = (number) => Number(number.toPrecision(12));
    if (low === high && !isWhole) return low ? d3.sort([0.95 * low, 1.05 * low].map(exact)) : [0, 1];
    const step = isWhole ? Math.max(1, d3.tickStep(low, high, 12)) : d3.tickStep(low, high, 12);
    const all = d3.range(Math.floor(low / step) - 1, Math.floor(high / step) + 3);
    return around(
      all.map((number) => exact(number * step)),
      low,
      high,
    );
  }

  /** The edges that the numbers need: the last one lies above the highest number, even after rounding. */
  const around = (edges, low, high) => edges.slice(d3.bisectRight(edges, low) - 1, d3.bisectRight(edges, high) + 1);

  /** 1, 2, 5, 10, 20 and so on around the numbers. */
  function logEdges(low, high) {
    const powers = d3.range(Math.floor(Math.log10(low)), Math.ceil(Math.log10(high)) + 2);
    const all = powers.flatMap((power) => [1, 2, 5].map((digit) => Number(`${digit}e${power}`)));
    return around(all, low, high);
  }

  return { divide };
})();
