"use strict";
// The marks of all reviewers: those in the run's files, and those of this browser until a run has merged them.

const Corrections = (() => {
  const FIELDS = ["paper", "parameter", "experiment", "kind", "old_value", "value", "note", "reviewer", "date", "group"];
  const PLACE = `designspace corrections ${location.pathname}`;
  const NAME = "designspace reviewer";
  const BLIND = "designspace blind";
  const inFile = new Map(); // key -> mark
  const listeners = [];
  const changes = []; // of this window, to undo: {key, before}
  let pending = new Map(); // key -> mark of this browser
  let cells = new Map(); // cell -> the keys of its marks
  let kept = true; // whether the browser remembers
  let name = null; // the reviewer's
  let blind = null;

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

  /** A cell has one review, one adjudication and one note of each reviewer. */
  function keyOf({ paper, parameter, experiment, reviewer, kind, group = "" }) {
    const subject = kind.replace(/^no /, "") || "review";
    return JSON.stringify([paper, parameter, spelled(experiment), spelled(group), spelled(reviewer), subject]);
  }

  /** The cell of a mark; none if the run does not have its paper, experiment, group or parameter. */
  function cellOf({ paper, parameter, experiment, group = "" }) {
    const row = findRow(paper, experiment, group);
    if (!row || spelled(row.experiment) !== spelled(experiment) || spelled(row.group) !== spelled(group)) return null;
    return row.cells[PARAMETER.get(parameter)] ?? null;
  }

  const reviewer = () => name ?? recall(NAME) ?? "";
  const isBlind = () => blind ?? recall(BLIND) === "yes";
  const isMine = (mark) => spelled(mark.reviewer) === spelled(reviewer());
  const { isTakenBack } = Marks;
  const markOf = (key) => pending.get(key) ?? inFile.get(key);

  /** Whether the files have what this browser kept, or something newer: then a run has merged it. */
  function taken(key, mark) {
    const other = inFile.get(key);
    if (!other) return isTakenBack(mark);
    const isSame = ["kind", "value", "note"].every((field) => other[field] === mark[field]);
    return isSame || Date.parse(other.date) >= Date.parse(mark.date);
  }

  function load() {
    let rows = [];
    try {
      rows = JSON.parse(recall(PLACE) ?? "[]");
    } catch {
      // anything but JSON was not written by this page
    }
    const marks = rows
      .filter((row) => !row.withdrawn)
      .map((row) => ({ ...row, kind: row.kind ?? "", isPending: true }));
    pending = new Map(marks.map((mark) => [keyOf(mark), mark]).filter((entry) => !taken(...entry)));
    cells = new Map();
    for (const [key, mark] of [...inFile, ...pending]) register(key, mark);
    ALL_CELLS.forEach(settle);
  }

  function register(key, mark) {
    const cell = cellOf(mark);
    if (!cell) return;
    if (!cells.has(cell)) cells.set(cell, new Set());
    cells.get(cell).add(key);
  }

  const NONE = [];
  const marksOf = (cell) => (cells.has(cell) ? [...cells.get(cell)].map(markOf).filter(Boolean) : NONE);

  function settle(cell) {
    const all = marksOf(cell);
    if (all.length) Marks.settle(cell, all, reviewer(), isBlind());
    else Marks.settle(cell, NONE, "", false);
  }

  function save() {
    remember(PLACE, JSON.stringify([...pending.values()]));
  }

  function tell(cell) {
    listeners.forEach((listener) => listener(cell));
  }

  /** Replace what this browser has for the key by a mark, or remove it. */
  function put(key, mark, cell) {
    if (mark) {
      pending.set(key, { ...mark, isPending: true });
      register(key, mark);
    } else pending.delete(key);
    if (cell) settle(cell);
  }

  function change(cell, key, mark) {
    changes.push({ key, before: pending.get(key) ?? null, cell });
    put(key, mark, cell);
    save();
    tell(cell);
  }

  function markFor(cell, more) {
    const { row, parameter, values } = cell;
    const place = { paper: row.paper.paper, parameter: parameter.name, experiment: row.experiment, group: row.group };
    const date = new Date().toISOString().replace(/\.\d+/, "");
    return {
      ...place,
      kind: "",
      old_value: values.join("; "),
      value: "",
      note: "",
      reviewer: reviewer(),
      date,
      ...more,
    };
  }

  function add(cell, more) {
    const mark = markFor(cell, more);
    change(cell, keyOf(mark), mark);
  }

  /** The mark of a cell that its reviewer may take back: the last own mark, or one without a name. */
  function revocable(cell) {
    const own = (kind, name) => keyOf(markFor(cell, { kind, reviewer: name }));
    const keys = [own("adjudication", reviewer()), own("", reviewer()), own("", "")];
    return keys.find((key) => markOf(key) && !isTakenBack(markOf(key))) ?? null;
  }

  function settleAll() {
    ALL_CELLS.forEach(settle);
    tell();
  }

  for (const cells of DATA.corrections) {
    const { id, ...row } = named("corrections", cells);
    const mark = { ...row, paper: id || row.paper };
    const key = keyOf(mark);
    inFile.delete(key); // oldest first, so the last one holds
    inFile.set(key, mark);
  }
  load();
  addEventListener("storage", (event) => {
    if (event.key !== PLACE) return; // another tab of this page
    load();
    tell();
  });
  addEventListener("beforeunload", (event) => {
    if (!kept && [...pending.values()].some((mark) => !mark.exported)) event.preventDefault();
  });

  return {
    onChange: (listener) => listeners.push(listener),
    reviewer,
    isBlind,
    isMine,
    setReviewer(text, isToBeBlind = isBlind()) {
      name = text;
      blind = isToBeBlind;
      remember(NAME, text);
      remember(BLIND, isToBeBlind ? "yes" : "no");
      settleAll();
    },
    /** Set the value of a cell. An Error with a message if the text is not a value of its parameter. */
    set(cell, value, note = "", kind = "") {
      parseValues(value, cell.parameter);
      add(cell, { value, note, kind });
    },
    note: (cell, note) => add(cell, { note, kind: "note" }),
    /** Restore the files' review, which was taken back here. */
    restore(cell) {
      const key = [...(cells.get(cell) ?? [])].find((one) => pending.has(one) && isTakenBack(pending.get(one)));
      if (key) change(cell, key, null);
    },
    canWithdraw: (cell) => revocable(cell) !== null,
    /** Take back the last own mark of a cell, here or in the files. */
    withdraw(cell) {
      const key = revocable(cell);
      if (key === null) return;
      const mark = inFile.get(key);
      const kind = mark?.kind === "adjudication" ? "no adjudication" : "no review";
      change(cell, key, pending.has(key) ? null : markFor(cell, { kind, reviewer: mark.reviewer }));
    },
    /** Undo the last change that was made in this window. Returns its cell, or null. */
    undo() {
      const last = changes.pop();
      if (!last) return null;
      put(last.key, last.before, last.cell);
      save();
      tell(last.cell);
      return last.cell;
    },
    canUndo: () => changes.length > 0,
    /** Import the marks of another file, each unless its reviewer has a newer one here. Returns how many. */
    take(marks) {
      let count = 0;
      for (const mark of marks) {
        const key = keyOf(mark);
        const here = markOf(key);
        if (here && !((Date.parse(mark.date) || 0) > (Date.parse(here.date) || 0))) continue;
        put(key, mark, null);
        count += 1;
      }
      save();
      settleAll();
      return count;
    },
    isKept: () => kept,
    waiting: () => [...pending.values()].filter((mark) => isMine(mark) && !mark.exported).length,
    isEmpty: () => !pending.size && !inFile.size,
    reviewers() {
      const names = new Map(
        [...inFile.values(), ...pending.values()].map((mark) => [spelled(mark.reviewer), mark.reviewer]),
      );
      return [...names.values()].filter(Boolean).sort();
    },
    /** Whether each reviewer has a file: there are at least two reviewers, this one included. */
    isTeam: () =>
      new Set([...Corrections.reviewers(), reviewer()].filter(Boolean).map(spelled)).size > 1 && reviewer() !== "",
    fileName: () => (Corrections.isTeam() ? `${reviewer().replace(/[^\p{L}\p{N} _-]/gu, "_")}.csv` : "corrections.csv"),
    marks: () => [...new Set([...inFile.keys(), ...pending.keys()])].map(markOf),
    cellOf,
    /** The exported file: in a team the reviewer's own marks, otherwise the marks of the files, then those made here. */
    csv() {
      const others = [...inFile]
        .filter(([key, mark]) => !pending.has(key) && !isReplaced(mark))
        .map(([, mark]) => mark);
      const all = [...others, ...pending.values()];
      const rows = Corrections.isTeam() ? all.filter(isMine) : all.filter((mark) => !isTakenBack(mark));
      return asCsv([FIELDS, ...rows.map((mark) => FIELDS.map((field) => mark[field] ?? ""))]);
    },
    exported() {
      pending.forEach((mark) => (mark.exported ||= isMine(mark) || !Corrections.isTeam()));
      save();
      tell();
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

  /** Whether a review has no name, and another of its cell has one. */
  function isReplaced(mark) {
    if (mark.reviewer !== "" || mark.kind !== "") return false;
    const cell = cellOf(mark);
    return cell !== null && marksOf(cell).some((other) => other.reviewer !== "" && other.kind === "");
  }
})();
