"use strict";
// The data of the page as objects: papers, rows (a paper or one of its experiments) and cells (a row's parameter).

const DATA = JSON.parse(document.getElementById("data").textContent);
const PARAMETERS = DATA.parameters;
const PARAMETER = new Map(PARAMETERS.map((parameter, index) => [parameter.name, index]));
const ANSWER = ["value", "status", "confidence", "p_null", "candidate", "reason", "reasoning"];
const REVIEW = ["review", "model_value", "reviewer", "reviewed", "review_note"];

const spelled = (name) => name.split(/\s+/).filter(Boolean).join(" ").toLowerCase();

/** A row of the matrix. The row of a paper has those of its experiments as `parts`; theirs have the paper's as `whole`. */
function makeRow(paper, experiment, whole) {
  const row = { paper, experiment, whole, parts: [] };
  row.cells = PARAMETERS.map((parameter) => ({ row, parameter, answers: [] }));
  return row;
}

const ROWS = DATA.papers.map((paper) => {
  const whole = makeRow(paper, "", null);
  whole.parts = paper.experiments.map(([name]) => makeRow(paper, name, whole));
  return whole;
});
const ROW = new Map(ROWS.map((row) => [row.paper.paper, row]));
const PAPERS = ROWS.filter((row) => !row.paper.duplicate_of); // those of the matrix: a copy has no row of its own

for (const [paper, experiment, parameter, sentence, ...told] of DATA.values) {
  const row = experiment ? ROWS[paper].parts[experiment - 1] : ROWS[paper];
  const answer = { sentence: sentence == null ? null : DATA.sentences[sentence] };
  [...ANSWER, ...REVIEW].forEach((key, index) => (answer[key] = told[index] ?? ""));
  row.cells[parameter].answers.push(answer);
}

const rowsOf = (whole) => [whole, ...whole.parts];
const ALL_CELLS = PAPERS.flatMap(rowsOf).flatMap((row) => row.cells);

/** The row of an experiment, in whatever spelling; that of the paper where there is none. */
function findRow(paper, experiment) {
  const whole = ROW.get(paper);
  return whole?.parts.find((part) => spelled(part.experiment) === spelled(experiment)) ?? whole;
}

/** What the model reported in a cell, whatever readers said since. */
function modelValues(cell) {
  const told = cell.answers.map((answer) =>
    answer.review ? answer.model_value : answer.status === "reported" ? answer.value : "",
  );
  return told.filter((value) => value !== "");
}

/** The values that hold for a row: its own, or what its paper says for all. */
function heldBy(row, index) {
  const own = row.cells[index].values;
  return own.length || !row.whole ? own : row.whole.cells[index].values;
}

const lowest = (cell) => Math.min(...cell.answers.map((answer) => answer.confidence).filter((told) => told !== ""));

/** A cell in words, for a tooltip and for who cannot see the marks. */
function describe(cell) {
  const where = [cell.parameter.name, cell.row.paper.paper, cell.row.experiment].filter(Boolean).join(", ");
  const what = cell.values.length
    ? cell.values.join("; ") + (cell.parameter.unit ? ` ${cell.parameter.unit}` : "")
    : ({ failed: "failed", none: "no answer", same: "as the whole paper" }[cell.status] ?? "not reported");
  const sure =
    cell.status === "reported" && Number.isFinite(lowest(cell)) ? `, confidence ${lowest(cell).toFixed(2)}` : "";
  return `${where}: ${what}${sure}${cell.verdict ? `, ${cell.verdict}` : ""}${cell.pending ? ", not in the run yet" : ""}`;
}
