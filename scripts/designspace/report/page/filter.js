"use strict";
// The cells that pass the filters, and therefore the rows. A filter of cells keeps the papers with such a cell.

const Filter = (() => {
  // Keys come from the address, so these objects inherit no keys.
  const BY_STATUS = {
    __proto__: null,
    reported: (cell) => cell.status === "reported",
    not_reported: (cell) => cell.status === "not_reported",
    failed: (cell) => cell.status === "failed" || (cell.status === "none" && cell.row.paper.status !== "ok"),
  };
  const BY_REVIEW = {
    __proto__: null,
    no: (cell) => !cell.verdict && cell.status === "reported",
    yes: (cell) => cell.verdict,
    accepted: (cell) => cell.verdict === "accepted",
    corrected: (cell) => cell.verdict === "corrected",
    rejected: (cell) => cell.verdict === "rejected",
    disputed: (cell) => cell.verdict === "disputed",
    noted: (cell) => cell.marks?.notes.length > 0,
    here: (cell) => cell.pending,
  };

  function searchable(cell) {
    const texts = cell.answers.flatMap((a) => [a.candidate, a.reason, a.reasoning, a.sentence?.text]);
    const notes = (cell.marks?.notes ?? []).map((mark) => mark.note);
    // The value of an answer may be another reviewer's, which a blind reviewer must not see.
    return [...cell.values, ...modelValues(cell), ...texts, cell.mark?.note, cell.mark?.reviewer, ...notes]
      .filter(Boolean)
      .join("\n")
      .toLowerCase();
  }

  const nameOf = ({ paper, file, citation, title }) => [paper, file, citation, title].join("\n").toLowerCase();

  /** Whether a paper matches the search: a complete id, or a part of an id or a file's name. */
  function byPaper(text) {
    const wanted = text
      .split(",")
      .map((piece) => piece.trim())
      .filter(Boolean);
    const ids = new Set(wanted.filter((piece) => ROW.has(piece)));
    const parts = wanted.filter((piece) => !ROW.has(piece)).map((piece) => piece.toLowerCase());
    return (paper) => !wanted.length || ids.has(paper.paper) || parts.some((part) => nameOf(paper).includes(part));
  }

  /** Conditions on the values of one row: "name~value", or "name~from..to" without the upper end. */
  function byValues(conditions) {
    const tests = conditions.map(readCondition).filter(Boolean);
    const fits = (row) => tests.every(({ index, test }) => heldBy(row, index).some(test));
    return (whole) => !tests.length || leavesOf(whole).some(fits);
  }

  function readCondition(text) {
    const [name, sought] = [text.slice(0, text.indexOf("~")), text.slice(text.indexOf("~") + 1)];
    if (!PARAMETER.has(name)) return null;
    const index = PARAMETER.get(name);
    if (!isNumeric(PARAMETERS[index])) {
      return { index, label: sought, test: (value) => value.toLowerCase() === sought.toLowerCase() };
    }
    const [from, to] = sought.split("..").map(Number);
    return { index, label: `${shortNumber(from)} to ${shortNumber(to)}`, test: (value) => from <= value && value < to };
  }

  /** {papers: rows of papers to show, wanted: whether a cell is, columns: indices, cells: how many}. */
  function apply(state) {
    const columns = columnsOf(state);
    const q = state.q.trim().toLowerCase();
    const [low, high] = [state.low === "" ? -1 : Number(state.low), state.high === "" ? 2 : Number(state.high)];
    const byConfidence = state.low !== "" || state.high !== "";
    const byState = BY_STATUS[state.status];
    const byReview = BY_REVIEW[state.review];
    const isNarrow = Boolean(q || byConfidence || byState || byReview || state.parameter);
    let nameHits = false; // a paper whose name has the text is wanted with all its cells

    function wanted(cell) {
      if (byState && !byState(cell)) return false;
      if (byReview && !byReview(cell)) return false;
      if (byConfidence) {
        const confidence = cell.status === "reported" ? lowest(cell) : Infinity;
        if (!Number.isFinite(confidence) || confidence < low || confidence > high) return false;
      }
      if (q && !nameHits && !(cell.search ??= searchable(cell)).includes(q)) return false;
      return (
        byState || byReview || q || cell.status === "reported" || cell.status === "failed" || Boolean(cell.verdict)
      );
    }

    const [isOfPaper, holds] = [byPaper(state.paper), byValues(state.where)];
    const papers = [];
    let cells = 0;
    const wantedCells = new Set();
    for (const whole of PAPERS) {
      if (!isOfPaper(whole.paper) || !holds(whole)) continue;
      nameHits = q !== "" && nameOf(whole.paper).includes(q);
      const before = cells;
      for (const row of rowsOf(whole)) {
        for (const index of columns) {
          if (!wanted(row.cells[index])) continue;
          wantedCells.add(row.cells[index]);
          cells += 1;
        }
      }
      if (cells > before || !isNarrow || (nameHits && !byState && !byReview && !byConfidence)) papers.push(whole);
    }
    return { papers, columns, cells, isNarrow, wanted: (cell) => wantedCells.has(cell) };
  }

  function columnsOf(state) {
    const asked = state.parameter
      .split(",")
      .filter((name) => PARAMETER.has(name))
      .map((name) => PARAMETER.get(name));
    return asked.length ? asked : PARAMETERS.map((_, index) => index);
  }

  return { apply, columnsOf, readCondition };
})();
