"use strict";
// The data of the page as objects: papers, rows (a paper, an experiment or a group) and cells (a row's parameter).

const DATA = JSON.parse(document.getElementById("data").textContent);
const PARAMETERS = DATA.parameters;
const PARAMETER = new Map(PARAMETERS.map((parameter, index) => [parameter.name, index]));

/** A row of one of the page's tables as an object; cells left out at the row's end are "". */
function named(table, row) {
  const object = {};
  DATA.columns[table].forEach((column, index) => (object[column] = row[index] ?? ""));
  return object;
}

const SENTENCES = DATA.sentences.map((row) => named("sentences", row));
const sentenceOf = ({ sentence }) => (sentence === "" ? null : SENTENCES[sentence]);

const spelled = (name) => name.split(/\s+/).filter(Boolean).join(" ").toLowerCase();

/**
 * A row of the matrix. The row of a paper has the rows of its experiments and groups as `parts`. These have the row of
 * the paper as `whole`, and as `above` the row whose values hold for them: for a group, that of its experiment, if any.
 */
function makeRow(paper, experiment, group, whole) {
  const row = { paper, experiment, group, whole, above: whole, parts: [], isLeaf: true };
  row.cells = PARAMETERS.map((parameter) => ({ row, parameter, answers: [] }));
  return row;
}

const ROWS = DATA.papers.map((paper) => {
  const whole = makeRow(paper, "", "", null);
  paper.parts = paper.parts.map((row) => named("parts", row));
  whole.parts = paper.parts.map(({ experiment, group }) => makeRow(paper, experiment, group, whole));
  for (const part of whole.parts) {
    const own = part.group && part.experiment;
    part.above = whole.parts.find((row) => own && !row.group && row.experiment === part.experiment) ?? whole;
    part.above.isLeaf = false;
  }
  return whole;
});
const ROW = new Map(ROWS.map((row) => [row.paper.paper, row]));
const PAPERS = ROWS.filter((row) => row.paper.is_counted); // those of the matrix: a copy, say, has no row of its own

/** The name of a paper for people; its id is in the address and in the corrections. */
const citationOf = (paper) => paper.citation || paper.paper;
const citationAndId = ({ citation, paper }) => (citation ? `${citation} (${paper})` : paper);
const citationById = (id) => (ROW.has(id) ? citationOf(ROW.get(id).paper) : id);

/** Why a paper is not in the matrix, or what went wrong with it. */
function fateOf({ duplicate_of: copy, version_of: version, supplement_of: main, reason }) {
  if (copy) return `The same file as ${copy}.`;
  if (version) return `A version of ${citationById(version)} (${version}), which is counted.`;
  return main ? `Read with ${citationById(main)} (${main}).` : reason;
}

/** The file that has a page of a paper, and the number of the page there: pages of supplements are counted on. */
function placeOf(paper, page) {
  const part = (paper.supplements ?? []).findLast((supplement) => supplement.page <= page);
  return part ? { ...part, page: page - part.page + 1 } : { file: paper.file, pdf: paper.pdf, page };
}

for (const cells of DATA.values) {
  const answer = named("values", cells);
  const whole = ROWS[answer.paper];
  const row = answer.part ? whole.parts[answer.part - 1] : whole;
  answer.sentence = sentenceOf(answer);
  row.cells[answer.parameter].answers.push(answer);
}
for (const discovery of DATA.discoveries) discovery.findings = discovery.findings.map((row) => named("findings", row));

const rowsOf = (whole) => [whole, ...whole.parts];
/** The rows of a paper without parts: its groups, the experiments without groups, or the paper. */
const leavesOf = (whole) => rowsOf(whole).filter((row) => row.isLeaf);
const ALL_CELLS = PAPERS.flatMap(rowsOf).flatMap((row) => row.cells);

/** The row of an experiment or a group, in any spelling; that of the paper if there is none. */
function findRow(paper, experiment, group = "") {
  const whole = ROW.get(paper);
  const isIt = (part) => spelled(part.experiment) === spelled(experiment) && spelled(part.group) === spelled(group);
  return whole?.parts.find(isIt) ?? whole;
}

/** The name of a row for people: the paper by any name, then experiment and group. */
const whereOf = ({ experiment, group }, paper) => [paper, experiment, group].filter(Boolean).join(", ");

/** What the model reported in a cell, without corrections. */
function modelValues(cell) {
  const values = cell.answers.map((answer) =>
    answer.review ? answer.model_value : answer.status === "reported" ? answer.value : "",
  );
  return values.filter((value) => value !== "");
}

/** The row whose values hold for a row: itself, or else its experiment or its paper. */
const holderOf = (row, index) =>
  row.cells[index].values.length || !row.above ? row : holderOf(row.above, index);
const heldBy = (row, index) => holderOf(row, index).cells[index].values;

const lowest = (cell) =>
  Math.min(...cell.answers.map((answer) => answer.confidence).filter((confidence) => confidence !== ""));

/** A cell as a sentence, for its tooltip and for assistive software. */
function describe(cell) {
  const where = `${cell.parameter.name}, ${whereOf(cell.row, citationOf(cell.row.paper))}`;
  const what = cell.values.length
    ? cell.values.join("; ") + (cell.parameter.unit ? ` ${cell.parameter.unit}` : "")
    : ({ failed: "failed", none: "no answer", same: `as ${cell.row.above?.experiment ? "its experiment" : "the whole paper"}` }[cell.status] ?? "not reported");
  const confidence =
    cell.status === "reported" && Number.isFinite(lowest(cell)) ? `, confidence ${lowest(cell).toFixed(2)}` : "";
  return `${where}: ${what}${confidence}${cell.verdict ? `, ${cell.verdict}` : ""}${cell.pending ? ", not in the run yet" : ""}`;
}
