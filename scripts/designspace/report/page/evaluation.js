"use strict";
// The view that compares the model with the annotators: scores, calibration and errors.

const Evaluation = (() => {
  const { text, figure, list, heading } = Lists;
  const rate = (key, label) =>
    figure(key, label, 110, { show: (row) => (row[key] == null ? "" : row[key].toFixed(2)) });

  function draw(host) {
    const { evaluation: scores, errors, calibration } = DATA.evaluation;
    const [left, right] = [el("div", { class: "half" }), el("div", { class: "half" })];
    const below = el("div", { class: "below" });
    host.append(
      heading("Evaluation", `${summary(scores[0])}The model is scored as it answered, whatever was corrected since.`),
      el("div", { class: "halves" }, left, right),
      below,
    );
    drawScores(left, scores);
    const known = calibration.filter((row) => row.n);
    right.append(
      el("h3", {}, "Calibration"),
      known.length ? Charts.calibration(known) : empty("There is no value to compare."),
    );
    drawErrors(below, errors);
  }

  function summary(all) {
    if (all?.f1 == null) return "";
    const [f1, precision, recall] = [all.f1, all.precision ?? 0, all.recall ?? 0].map((share) => share.toFixed(2));
    const support = counted(all.support, "value");
    return `F1 ${f1}, precision ${precision}, recall ${recall} on ${support} of annotators. `;
  }

  function drawScores(host, scores) {
    host.append(el("h3", {}, "By parameter"));
    list(host, {
      label: "Scores by parameter",
      rows: scores,
      none: "There are no scores.",
      open: (row) => PARAMETER.has(row.parameter) && View.go({ view: "matrix", parameter: row.parameter }, true),
      columns: [
        text("parameter", "Parameter", 200),
        figure("f1", "F1", 130, { show: (row) => (row.f1 == null ? "" : [meter(row.f1, row.f1.toFixed(2))]) }),
        rate("precision", "Precision"),
        rate("recall", "Recall"),
        figure("support", "Gold", 80, { title: "Values from annotators" }),
        figure("reported", "Reported", 96),
        figure("correct", "Right", 80),
        rate("same_sentence", "Sentence"),
        rate("same_page", "Page"),
      ],
    });
  }

  function drawErrors(host, errors) {
    const kinds = [...new Set(errors.map((row) => row.error))].sort();
    const chosen = kinds.includes(View.state.error) ? View.state.error : "";
    const rows = errors
      .filter((row) => !chosen || row.error === chosen)
      .map((row) => ({ ...row, where: whereOf(row, citationById(row.paper)) }));
    const choices = kinds.map((kind) => [kind, `${kind} (${errors.filter((row) => row.error === kind).length})`]);
    const pick = select("Kind of error", [["", "All kinds"], ...choices], chosen, (error) => View.go({ error }));
    host.append(el("div", { class: "above" }, el("h3", {}, "Errors"), pick));
    list(host, {
      label: "Errors",
      rows,
      none: "There are no errors.",
      open: (row) => View.go({ open: addressOfCell(row) }),
      columns: [
        text("where", "Paper", 240),
        text("parameter", "Parameter", 190),
        text("error", "Error", 120),
        text("gold", "Annotators", 180),
        text("value", "Model", 180),
        figure("confidence", "Confidence", 110, { show: (row) => row.confidence?.toFixed(2) ?? "" }),
        text("candidate", "Candidate", 140),
        text("gold_evidence", "The annotators’ sentence", 400),
      ],
    });
  }

  return { draw };
})();
