"use strict";
// The values to review next: the most doubtful ones, or those of a random sample, whose errors are counted.

const Queue = (() => {
  const THRESHOLD = DATA.configuration?.extraction?.min_confidence ?? 0.3; // from which a value is reported
  const Z = 1.959964; // of the normal distribution, for 95%
  const passed = new Set(); // cells that were shown as doubtful in this window
  let drawn = null; // the last sample, and what it was drawn by

  /**
   * How doubtful a cell is: 3 if reviewers disagree, 2 if it counts participants that do not add up, more than 1 if its
   * page was read badly, otherwise from 0 to 1: more if its confidence is nearer to the threshold.
   */
  function doubt(cell) {
    const { paper } = cell.row;
    if (cell.state === "disagreement") return 3;
    const isAnswered = modelValues(cell).length > 0 || cell.answers.some((answer) => answer.candidate !== "");
    if (cell.verdict || !isAnswered) return -1;
    if (cell.parameter.participants && paper.sums_disagree) return 2;
    const confidence = lowest(cell);
    if (!Number.isFinite(confidence)) return -1;
    const isBad = cell.answers.some(({ sentence }) => sentence && paper.bad_pages?.includes(sentence.page));
    return 1 - Math.abs(confidence - THRESHOLD) / Math.max(THRESHOLD, 1 - THRESHOLD) + (isBad ? 1 : 0);
  }

  /** The most doubtful cell that passes the filter and was not shown yet; null if there is none. */
  function mostDoubtful(isWanted) {
    let [best, most] = [null, -1];
    for (const cell of ALL_CELLS) {
      if (passed.has(cell)) continue;
      const level = doubt(cell);
      if (level > most && isWanted(cell)) [best, most] = [cell, level];
    }
    if (best) passed.add(best);
    return best;
  }

  /** A sample of the model's values: {percent, low, high (of the confidence), seed} as texts. It is the same for all. */
  function sample({ percent, low, high, seed }) {
    const by = JSON.stringify([percent, low, high, seed]);
    if (drawn?.by === by) return drawn.cells;
    const from = low === "" ? 0 : Number(low);
    const to = high === "" ? 1 : Number(high);
    const all = ALL_CELLS.filter((cell) => {
      const confidence = lowest(cell);
      return modelValues(cell).length > 0 && confidence >= from && confidence <= to;
    });
    const ranked = all.map((cell) => [hash(`${seed}/${addressOf(cell)}`), cell]).sort(([a], [b]) => a - b);
    const number = Math.min(all.length, Math.ceil((all.length * Number(percent)) / 100));
    drawn = { by, cells: ranked.slice(0, number).map(([, cell]) => cell) };
    return drawn.cells;
  }

  /** A number from 0 to 2^32 for a text: FNV-1a, its bits mixed as in MurmurHash3. */
  function hash(text) {
    let h = 0x811c9dc5;
    for (let index = 0; index < text.length; index += 1) h = Math.imul(h ^ text.charCodeAt(index), 0x01000193);
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    return (h ^ (h >>> 16)) >>> 0;
  }

  /** The result of the reviews of a sample: {reviewed, errors, low, high}, with the 95% interval of the share of errors. */
  function errorsOf(cells) {
    const reviewed = cells.filter((cell) => cell.verdict && cell.verdict !== "disputed");
    const errors = reviewed.filter((cell) => cell.verdict !== "accepted").length;
    return { reviewed: reviewed.length, errors, ...wilson(errors, reviewed.length) };
  }

  /** Wilson's interval of a share, as in designspace.results.agreement. */
  function wilson(hits, number) {
    if (!number) return { low: null, high: null };
    const share = hits / number;
    const whole = 1 + Z ** 2 / number;
    const middle = (share + Z ** 2 / (2 * number)) / whole;
    const half = (Z / whole) * Math.sqrt((share * (1 - share)) / number + Z ** 2 / (4 * number ** 2));
    return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
  }

  return { mostDoubtful, sample, errorsOf, wilson };
})();
