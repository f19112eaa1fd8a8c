"use strict";
// The data of the page as objects: papers, rows (a paper or one of its experiments) and cells (a row's parameter).

const DATA = JSON.parse(document.getElementById("data").textContent);
const PARAMETERS = DATA.parameters;
const PARAMETER = new Map(PARAMETERS.map((parameter, index) => [parameter.name, index]));

/** A row of one of the page's tables as an object; what is left out at the row's end is "". */
function named(table, row) {
  const object = {};
  DATA.columns[table].forEach((column, index) => (object[column] = row[index] ?? ""));
  return object;
}

const SENTENCES = DATA.sentences.map((row) => named("sentences", row));
const sentenceOf = ({ sentence }) => (sentence === "" ? null : SENTENCES[sentence]);

const spelled = (name) => name.split(/\s+/).filter(Boolean).join(" ").toLowerCase();

/** A row of the matrix. The row of a paper has those of its experiments as `parts`; theirs have the paper's as `whole`. */
function makeRow(paper, experiment, whole) {
  const row = { paper, experiment, whole, parts: [] };
  row.cells = PARAMETERS.map((parameter) => ({ row, parameter, answers: [] }));
  return row;
}

const ROWS = DATA.papers.map((paper) => {
  const whole = makeRow(paper, "", null);
  paper.experiments = paper.experiments.map((row) => named("experiments", row));
  whole.parts = paper.experiments.map(({ name }) => makeRow(paper, name, whole));
  return whole;
});
const ROW = new Map(ROWS.map((row) => [row.paper.paper, row]));
const PAPERS = ROWS.filter((row) => row.paper.is_counted); // those of the matrix: a copy, say, has no row of its own

/** What a paper is called where people read it; its id is in the address and in the corrections. */
const citationOf = (paper) => paper.citation || paper.paper;
const citationById = (id) => (ROW.has(id) ? citationOf(ROW.get(id).paper) : id);

/** Why a paper is not in the matrix, or what went wrong with it. */
function fateOf({ duplicate_of: copy, version_of: version, supplement_of: main, reason }) {
  if (copy) return `The same file as ${copy}.`;
  if (version) return `A version of ${citationById(version)} (${version}), which is counted.`;
  return main ? `Read with ${citationById(main)} (${main}).` : reason;
}

/** The file that a page of a paper is in, and its number there: its supplements are counted on. */
function placeOf(paper, page) {
  const part = (paper.supplements ?? []).findLast((supplement) => supplement.page <= page);
  return part ? { ...part, page: page - part.page + 1 } : { file: paper.file, pdf: paper.pdf, page };
}

for (const cells of DATA.values) {
  const answer = named("values", cells);
  const whole = ROWS[answer.paper];
  const row = answer.experiment ? whole.parts[answer.experiment - 1] : whole;
  answer.sentence = sentenceOf(answer);
  row.cells[answer.parameter].answers.push(answer);
}
for (const discovery of DATA.discoveries) discovery.findings = discovery.findings.map((row) => named("findings", row));

const rowsOf = (whole) => [whole, ...whole.parts];
const ALL_CELLS = PAPERS.flatMap(rowsOf).flatMap((row) => row.cells);

/** The row of an experiment, however it is spelled; that of the paper where there is none. */
function findRow(paper, experiment) {
  const whole = ROW.get(paper);
  return whole?.parts.find((part) => spelled(part.experiment) === spelled(experiment)) ?? whole;
}

/** What the model reported in a cell, whatever reviewers corrected since. */
function modelValues(cell) {
  const values = cell.answers.map((answer) =>
    answer.review ? answer.model_value : answer.status === "reported" ? answer.value : "",
  );
  return values.filter((value) => value !== "");
}

/** The values that hold for a row: its own, or what its paper says for all. */
function heldBy(row, index) {
  const own = row.cells[index].values;
  return own.length || !row.whole ? own : row.whole.cells[index].values;
}

const lowest = (cell) =>
  Math.min(...cell.answers.map((answer) => answer.confidence).filter((confidence) => confidence !== ""));

/** A cell as a sentence, for its tooltip and for assistive software. */
function describe(cell) {
  const where = [cell.parameter.name, citationOf(cell.row.paper), cell.row.experiment].filter(Boolean).join(", ");
  const what = cell.values.length
    ? cell.values.join("; ") + (cell.parameter.unit ? ` ${cell.parameter.unit}` : "")
    : ({ failed: "failed", none: "no answer", same: "as the whole paper" }[cell.status] ?? "not reported");
  const confidence =
    cell.status === "reported" && Number.isFinite(lowest(cell)) ? `, confidence ${lowest(cell).toFixed(2)}` : "";
  return `${where}: ${what}${confidence}${cell.verdict ? `, ${cell.verdict}` : ""}${cell.pending ? ", not in the run yet" : ""}`;
}
