"use strict";
// The evidence of a cell: the model's answer, the sentence behind it, its place, and its review.

const Evidence = (() => {
  const panel = document.getElementById("panel");
  // The rules whose values the paper prints; by all others a value follows that it does not print.
  const PRINTED = new Map([
    ["the name of the group", "The paper prints it in the name of the group."],
    [
      "in the order of the sentence before",
      "The paper prints it; whose it is follows from the order of the sentence before.",
    ],
  ]);

  const derivation = (rule) => PRINTED.get(rule) ?? `The paper does not print it; it follows: ${rule}.`;

  function of(paper, experiment, name, group = "") {
    const row = findRow(paper, experiment, group);
    if (!row || !PARAMETER.has(name)) return null;
    const cell = row.cells[PARAMETER.get(name)];
    const { parameter } = cell;
    const source = el(
      "p",
      { class: "source" },
      link(row.paper.pdf, row.paper.file),
      row.experiment && `, ${row.experiment}`,
      row.group && `, ${row.group}`,
      row.paper.status !== "ok" && `, ${row.paper.status}: ${row.paper.reason}`,
    );
    const first = cell.answers.find((answer) => answer.sentence);
    const sheets = el("div", { class: "sheets" }, first ? Pictures.of(row.paper, first.sentence) : null);
    const several = cell.answers.filter((answer) => answer.sentence).length > 1;
    const choose = (answer) => {
      panel.querySelectorAll(".answer").forEach((other) => other.classList.toggle("chosen", other.answer === answer));
      sheets.replaceChildren(...Pictures.of(row.paper, answer.sentence));
      Pictures.centre();
    };
    const answers = cell.answers.map((answer) => {
      const shown = showAnswer(cell, answer, several && answer.sentence ? () => choose(answer) : null);
      shown.answer = answer;
      shown.classList.toggle("chosen", several && answer === first);
      return shown;
    });
    return {
      cell,
      title: [parameter.name, parameter.unit && el("span", { class: "unit" }, ` ${parameter.unit}`)],
      parts: [
        source,
        el("p", { class: "faint" }, parameter.definition),
        inherited(cell),
        answers,
        Review.of(cell),
        sheets,
      ],
    };
  }

  function inherited(cell) {
    if (!cell.row.whole || cell.status !== "same") return null;
    const { above, group } = cell.row;
    const index = PARAMETER.get(cell.parameter.name);
    const held = heldBy(above, index);
    const what = above.experiment || "the whole paper";
    const holds = held.length ? `For ${what} it is ${held.join("; ")}.` : `Nothing is reported for ${what} either.`;
    return el(
      "p",
      { class: "inherited" },
      `Nothing of its own is reported for this ${group ? "group" : "experiment"}. ${holds} `,
      button(`Show the ${above.experiment ? "experiment" : "paper"}’s`, () => View.go({ open: addressOf(above.cells[index]) }), {
        class: "plain",
      }),
    );
  }

  function showAnswer(cell, answer, choose) {
    const model = answer.review ? answer.model_value : answer.status === "reported" ? answer.value : "";
    const unit = cell.parameter.unit ? ` ${cell.parameter.unit}` : "";
    const parts = [];
    if (model !== "") {
      const isGone = cell.verdict && !cell.values.includes(model);
      parts.push(
        el(
          "div",
          { class: "outcome" },
          el("span", { class: isGone ? "big gone" : "big" }, model, unit),
          answer.confidence !== "" && meter(answer.confidence, `confidence ${answer.confidence.toFixed(2)}`),
        ),
      );
    } else if (answer.status === "failed") {
      parts.push(el("div", { class: "outcome alarm" }, `Failed. ${answer.reason}`));
    } else if (!answer.review || answer.p_null !== "") {
      const candidate = answer.candidate === "" ? "" : ` The model’s candidate is ${answer.candidate}${unit}.`;
      parts.push(
        el(
          "div",
          { class: "outcome" },
          el("span", { class: "big" }, "Not reported"),
          answer.p_null !== "" && meter(answer.p_null, `p_null ${shortNumber(answer.p_null)}`),
        ),
        candidate && el("p", {}, candidate.trim()),
      );
    }
    if (answer.rule) parts.push(el("p", { class: "rule" }, derivation(answer.rule)));
    if (answer.sentence) parts.push(quote(cell.row.paper, answer.sentence));
    if (answer.reasoning)
      parts.push(
        el("p", { class: "reasoning" }, el("span", { class: "faint" }, "The model’s reasoning: "), answer.reasoning),
      );
    const show = choose && button("Show on the page", choose, { class: "plain" });
    return el("section", { class: "answer" }, parts, show);
  }

  function quote(paper, { page: number, text }) {
    const { file, pdf, page } = placeOf(paper, number);
    const where = file === paper.file ? `page ${page} of the PDF` : `page ${page} of ${file}`;
    const bad = paper.bad_pages?.includes(number);
    const warning = bad && el("p", { class: "alarm" }, "This page is read badly: compare the value with the PDF.");
    return el("blockquote", {}, text, el("footer", {}, link(`${pdf}#page=${page}`, where), warning));
  }

  return { of, quote };
})();
