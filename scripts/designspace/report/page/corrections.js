"use strict";
// The marks of reviewers: accepted, corrected or rejected values, kept in this browser until the run has them.
// A correction states what a cell holds; whether that accepts, corrects or rejects follows from the model’s answer.

const Corrections = (() => {
  const FIELDS = ["paper", "parameter", "experiment", "old_value", "value", "note", "reviewer", "date"];
  const PLACE = `designspace corrections ${location.pathname}`;
  const NAME = "designspace reviewer";
  const keyOf = (paper, parameter, experiment) => JSON.stringify([paper, parameter, spelled(experiment)]);
  const keyOfCell = ({ row, parameter }) => keyOf(row.paper.paper, parameter.name, row.experiment);
  const inFile = DATA.corrections.map((cells) => {
    const row = named("corrections", cells);
    return { ...row, key: keyOf(row.id || row.paper, row.parameter, row.experiment) };
  });
  const latest = new Map(inFile.map((row) => [row.key, row])); // oldest first, so the last one holds
  const listeners = [];
  let pending = new Map(); // key -> correction of this browser; `withdrawn` takes the file's back
  let kept = true; // whether the browser remembers
  let name = null; // the reviewer's

  function remember(place, text) {
    try {
      localStorage.setItem(place, text);
    } catch {
      kept = false;
    }
  }

  function recall(place) {
    try {
      return localStorage.getItem(place);
    } catch {
      kept = false;
      return null;
    }
  }

  /** Whether the file has what this browser kept, or something newer: then a run has taken it over. */
  function taken(row) {
    const file = latest.get(row.key);
    if (row.withdrawn) return !file;
    const same = (field) => file[field] === row[field];
    return file != null && (["value", "note", "reviewer"].every(same) || Date.parse(file.date) >= Date.parse(row.date));
  }

  function load() {
    let rows = [];
    try {
      rows = JSON.parse(recall(PLACE) ?? "[]");
    } catch {
      // what is no JSON was not written by this page
    }
    pending = new Map(rows.filter((row) => !taken(row)).map((row) => [row.key, row]));
  }

  function save() {
    remember(PLACE, JSON.stringify([...pending.values()]));
  }

  /** Work out again what holds in a cell: its values, status, verdict and whose it is. */
  function settle(cell) {
    const own = pending.size ? pending.get(keyOfCell(cell)) : null; // there are many cells
    const model = modelValues(cell);
    const reviewed = cell.answers.find((answer) => answer.review);
    cell.pending = own != null;
    if (own && !own.withdrawn) {
      cell.values = own.value === model.join("; ") ? model : parsed(own.value, cell.parameter);
      cell.verdict = verdict(model, cell.values);
      cell.mark = own;
    } else if (reviewed && !own) {
      cell.values = cell.answers.filter((answer) => answer.status === "reported").map((answer) => answer.value);
      cell.verdict = verdict(model, cell.values);
      cell.mark = { reviewer: reviewed.reviewer, date: reviewed.reviewed, note: reviewed.review_note };
    } else {
      cell.values = model;
      cell.verdict = "";
      cell.mark = null;
    }
    cell.status = cell.values.length ? "reported" : unreported(cell);
    cell.search = null;
  }

  /** The values in a text; one that was written for another library may be none of this one's kinds. */
  function parsed(text, parameter) {
    try {
      return parseValues(text, parameter);
    } catch {
      return [text];
    }
  }

  function unreported(cell) {
    if (cell.answers.some((answer) => answer.status === "failed")) return "failed";
    if (cell.answers.length) return cell.row.whole ? "same" : "not_reported";
    return cell.row.whole ? "same" : "none";
  }

  function verdict(model, values) {
    if (model.length === values.length && values.every((value) => model.includes(value))) return "accepted";
    return values.length ? "corrected" : "rejected";
  }

  function change(cell, row) {
    const key = keyOfCell(cell);
    if (row) pending.set(key, { ...row, key });
    else pending.delete(key);
    save();
    settle(cell);
    listeners.forEach((listener) => listener(cell));
  }

  load();
  ALL_CELLS.forEach(settle);
  addEventListener("storage", (event) => {
    if (event.key !== PLACE) return; // another tab of this page
    load();
    ALL_CELLS.forEach(settle);
    listeners.forEach((listener) => listener());
  });
  addEventListener("beforeunload", (event) => {
    if (!kept && [...pending.values()].some((row) => !row.exported)) event.preventDefault();
  });

  return {
    onChange: (listener) => listeners.push(listener),
    reviewer: () => name ?? recall(NAME) ?? "",
    setReviewer(text) {
      name = text;
      remember(NAME, text);
    },
    /** State what a cell holds. An Error with a sentence where the text is no value of its parameter. */
    set(cell, value, note = "") {
      parseValues(value, cell.parameter);
      const date = new Date().toISOString().replace(/\.\d+/, "");
      const { row, parameter, values } = cell;
      const place = { paper: row.paper.paper, parameter: parameter.name, experiment: row.experiment };
      const old_value = values.join("; ");
      change(cell, { ...place, old_value, value, note, reviewer: Corrections.reviewer(), date });
    },
    /** Take back the mark of a cell, here or in the file. */
    withdraw(cell) {
      const { row, parameter } = cell;
      const place = { paper: row.paper.paper, parameter: parameter.name, experiment: row.experiment };
      const isHereOnly = cell.pending || !latest.has(keyOfCell(cell));
      change(cell, isHereOnly ? null : { ...place, withdrawn: true });
    },
    isKept: () => kept,
    waiting: () => [...pending.values()].filter((row) => !row.exported).length,
    isEmpty: () => !pending.size && !inFile.length,
    /** The file: what it had, but for the cells that were reviewed here, and then these. */
    csv() {
      const rows = [
        ...inFile.filter((row) => !pending.has(row.key)),
        ...[...pending.values()].filter((row) => !row.withdrawn),
      ];
      return asCsv([FIELDS, ...rows.map((row) => FIELDS.map((field) => row[field]))]);
    },
    exported() {
      pending.forEach((row) => (row.exported = true));
      save();
      listeners.forEach((listener) => listener());
    },
    /** How many of the model's values have been reviewed, and how many there are. */
    progress() {
      const counts = { reviewed: 0, values: 0 };
      for (const cell of ALL_CELLS) {
        const { length } = modelValues(cell);
        counts.values += length;
        counts.reviewed += cell.verdict ? length : 0;
      }
      return counts;
    },
  };
})();
