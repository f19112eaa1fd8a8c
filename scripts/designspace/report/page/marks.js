"use strict";
// The value that counts in a cell: the marks of reviewers, whether they agree, and the verdict on the model's answer.
// The rules are those of designspace.results.marks.

const Marks = (() => {
  const CLOSE = 0.01; // the difference, as a share of the larger, up to which two numbers are equal
  const STANDING = DATA.configuration?.disagreements ?? "none"; // what holds where reviewers disagree

  const isReview = (mark) => mark.kind === "";
  const isAdjudication = (mark) => mark.kind === "adjudication";
  const isTakenBack = (mark) => mark.kind.startsWith("no ");
  const isNote = (mark) => mark.kind === "note" && mark.note !== "";

  /** The values in a text; a text that was written for another library may not fit the kinds of this one. */
  function parsed(text, parameter) {
    try {
      return parseValues(text, parameter);
    } catch {
      return [text];
    }
  }

  /** Whether two cells have the same values: numbers within 1%, texts without regard to case. */
  function same(one, other, parameter) {
    const left = [...other];
    return (
      one.length === left.length &&
      one.every((value) => {
        const index = left.findIndex((candidate) => equal(value, candidate, parameter));
        if (index >= 0) left.splice(index, 1);
        return index >= 0;
      })
    );
  }

  function equal(one, other, parameter) {
    if (!isNumeric(parameter)) return spelled(one) === spelled(other);
    const [a, b] = [Number(one), Number(other)];
    return Math.abs(a - b) <= CLOSE * Math.max(Math.abs(a), Math.abs(b));
  }

  /** The marks of a cell, oldest first, without those that are hidden from a blind reviewer. */
  function sorted(all, me, isBlind) {
    const isMine = (mark) => mark.reviewer !== "" && spelled(mark.reviewer) === spelled(me);
    const own = all.find((mark) => isReview(mark) && isMine(mark)) ?? null;
    const known = isBlind && !own ? all.filter(isMine) : all;
    const shown = known.filter((mark) => !isTakenBack(mark)).sort((a, b) => time(a) - time(b));
    const reviews = shown.filter(isReview);
    const named = reviews.filter((mark) => mark.reviewer !== "");
    return {
      own,
      isPending: known.some((mark) => mark.isPending),
      isTakenBack: known.some((mark) => mark.isPending && isTakenBack(mark)),
      reviews: named.length ? named : reviews,
      adjudication: shown.filter(isAdjudication).at(-1) ?? null,
      notes: shown.filter(isNote),
    };
  }

  const time = ({ date }) => Date.parse(date) || 0;

  function stateOf({ reviews, adjudication }, parameter) {
    if (adjudication) return "adjudicated";
    if (reviews.length < 2) return reviews.length ? "single" : "";
    const [first, ...others] = reviews.map(({ value }) => parsed(value, parameter));
    return others.every((other) => same(first, other, parameter)) ? "agreed" : "disagreement";
  }

  /** Determine the values, status and verdict of a cell, and whose marks these are. */
  function settle(cell, all, me, isBlind) {
    const model = modelValues(cell);
    const marks = all.length ? sorted(all, me, isBlind) : null; // there are many cells
    cell.marks = marks;
    cell.state = marks ? stateOf(marks, cell.parameter) : "";
    cell.pending = Boolean(marks?.isPending);
    const deciding = marks?.adjudication ? [marks.adjudication] : (marks?.reviews ?? []);
    cell.mark = deciding.length ? stamp(deciding) : null;
    cell.values = deciding.length ? held(cell, deciding, model) : model;
    cell.verdict = !deciding.length ? "" : cell.state === "disagreement" ? "disputed" : verdict(model, cell.values);
    cell.status = cell.values.length ? "reported" : unreported(cell);
    cell.search = null;
  }

  function stamp(deciding) {
    const last = deciding.at(-1);
    const joined = (key) =>
      deciding
        .map((mark) => mark[key])
        .filter(Boolean)
        .join("; ");
    return { ...last, reviewer: joined("reviewer"), note: joined("note") };
  }

  function held(cell, deciding, model) {
    if (cell.state === "disagreement" && STANDING !== "first") return STANDING === "model" ? model : [];
    const { value } = cell.state === "disagreement" ? deciding[0] : deciding.at(-1);
    return value === model.join("; ") ? model : parsed(value, cell.parameter);
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

  return { settle, verdict, parsed, isTakenBack };
})();
