"use strict";
// How many papers have which values, parameter by parameter.

const Distributions = (() => {
  let watch;

  function draw(host, result) {
    watch?.disconnect();
    const cards = result.columns.map((index) => {
      const card = el("section", { class: "card" });
      card.index = index;
      return card;
    });
    // Only charts that come into view are drawn.
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
    const reporting = result.papers
      .map((whole) => [whole, [...valuesOf(whole, index, result)]])
      .filter(([, values]) => values.length);
    const divided = Fields.divide(
      index,
      reporting.flatMap(([, values]) => values),
    );
    const { edges, fields } = divided;
    for (const field of fields) field.count = reporting.filter(([, values]) => values.some(field.of)).length;
    const head = el(
      "h3",
      { title: parameter.definition },
      parameter.name,
      parameter.unit && el("span", { class: "unit" }, ` ${parameter.unit}`),
    );
    const share = `${reporting.length.toLocaleString("en")} of ${counted(result.papers.length, "paper")}`;
    const spread =
      isNumeric(parameter) && reporting.length
        ? `, median ${shortNumber(d3.median(reporting.flatMap(([, values]) => values.map(Number))))}`
        : "";
    card.replaceChildren(head, el("p", { class: "faint" }, share + spread));
    if (!reporting.length) return card.append(empty("No paper that is shown reports it."));
    const label = `${parameter.name}: papers by value`;
    card.append(edges ? Charts.histogram(card, divided, parameter, label) : Charts.bars(card, fields, label));
  }

  /** The values of a parameter in a paper and its experiments that pass the filter. */
  function valuesOf(whole, index, result) {
    const cells = rowsOf(whole)
      .map((row) => row.cells[index])
      .filter((cell) => !result.isNarrow || result.wanted(cell));
    return new Set(cells.flatMap((cell) => cell.values));
  }

  return { draw };
})();
