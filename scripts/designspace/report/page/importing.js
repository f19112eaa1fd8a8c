"use strict";
// A reviewer's file of corrections that is dropped on the page: its marks are shown with the others.

const Importing = (() => {
  const NEEDED = ["paper", "parameter", "value"];
  const KINDS = ["", "adjudication", "note", "no review", "no adjudication"];
  // The names of a paper: its file's name, with or without its ending, or its id, which wins.
  const IDS = new Map();
  for (const name of [(file) => file.slice(0, -4), (file) => file, null]) {
    for (const { paper, file, duplicate_of: original } of DATA.papers)
      IDS.set(name ? name(file) : paper, original || paper);
  }

  /** The rows of a text in CSV, as objects by column. An Error with a message if it lacks a column. */
  function parse(text, fileName) {
    const [head = [], ...rows] = parseCsv(text.replace(/^\ufeff/, "")).filter((row) => row.some(Boolean));
    const missing = NEEDED.find((column) => !head.includes(column));
    if (missing) throw new Error(`${fileName} has no column “${missing}” and is not a file of corrections.`);
    return rows.map((row) =>
      Object.fromEntries(head.map((column, index) => [column, unescapeFormula(row[index] ?? "").trim()])),
    );
  }

  /** A row as a mark; null if it is not about this run. A row without a reviewer belongs to the one in the file's name. */
  function asMark(row, owner) {
    const { kind = "", value = "", note = "", experiment = "", group = "", old_value = "", date = "" } = row;
    const parameter = PARAMETERS[PARAMETER.get(row.parameter)];
    if (!IDS.has(row.paper) || !parameter || !KINDS.includes(kind) || (date && Number.isNaN(Date.parse(date))))
      return null;
    try {
      if (kind === "" || kind === "adjudication") parseValues(value, parameter);
    } catch {
      return null;
    }
    const reviewer = row.reviewer || owner;
    const place = { paper: IDS.get(row.paper), parameter: parameter.name, experiment, group };
    return { ...place, kind, old_value, value, note, reviewer, date };
  }

  async function take(file) {
    let rows;
    try {
      rows = parse(await file.text(), file.name);
    } catch (error) {
      return announce(error.message);
    }
    const owner = file.name.replace(/\.csv$/i, "");
    const marks = rows.map((row) => asMark(row, owner === "corrections" ? "" : owner));
    const known = marks.filter(Boolean);
    const count = Corrections.take(known);
    const others = new Set(known.filter((mark) => !Corrections.isMine(mark)).map((mark) => mark.reviewer));
    const left = marks.length - known.length;
    const sentences = [`${counted(count, "mark")} of ${file.name} are new here.`];
    if (left) sentences.push(`${counted(left, "row")} of no paper, parameter or value of this run were left out.`);
    if (others.size)
      sentences.push(`Put ${file.name} into config/corrections, too: your export has your own marks only.`);
    announce(sentences.join(" "));
  }

  const carriesFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  addEventListener("dragover", (event) => {
    if (carriesFiles(event)) event.preventDefault();
  });
  addEventListener("drop", async (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    for (const file of event.dataTransfer.files) await take(file);
  });

  return { take };
})();
