"use strict";
// How a reviewer writes a value: what designspace.language.values accepts, and why it refuses the rest.

const NUMBER = /^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/;
const QUANTITY = /^([+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)\s*(\S*)$/;

const isNumeric = (parameter) => parameter.kind === "integer" || parameter.kind === "number";

/** The values in a cell, as texts; an Error with a message if one is not of the parameter's kind. */
function parseValues(text, parameter) {
  const pieces = parameter.multiple ? text.split(";") : [text];
  const texts = pieces.map((piece) => piece.trim()).filter(Boolean);
  return [...new Set(texts.map((piece) => typed(piece, parameter)))];
}

function typed(text, { kind, unit = "", values }) {
  if (kind === "integer" || kind === "number") {
    const match = QUANTITY.exec(text);
    const number = match ? convert(Number(match[1]), match[2] || unit, unit) : null;
    if (number === null || (kind === "integer" && !Number.isInteger(number))) {
      const what = kind === "integer" ? "a whole number" : "a number";
      throw new Error(`“${text}” must be ${what}${unit ? ` in ${unit}` : ""}.`);
    }
    return String(Number(number.toPrecision(15)));
  }
  if (kind === "boolean") {
    if (!["true", "false"].includes(text.toLowerCase())) throw new Error(`“${text}” must be true or false.`);
    return text.toLowerCase();
  }
  if (Object.hasOwn(DATA.expressions, kind)) {
    const [pattern, example] = DATA.expressions[kind];
    if (!new RegExp(`^(?:${pattern})`, "u").test(text)) throw new Error(`“${text}” must be a ${kind} such as ${example}.`);
  }
  if (kind === "category" && !values.includes(text)) throw new Error(`“${text}” must be one of ${values.join(", ")}.`);
  return text;
}

function convert(number, unit, wanted) {
  const [own, other] = [unit, wanted].map(knownUnit);
  if (unit === wanted || !own || !other) return unit === wanted ? number : null;
  return own[0] === other[0] ? (number * own[1]) / other[1] : null;
}

function knownUnit(unit) {
  const name = unit.toLowerCase();
  const known = (key) => (Object.hasOwn(DATA.units, key) ? DATA.units[key] : null);
  if (/^([A-MO-UW-Z]|n|v)$/.test(unit)) return null; // a mean, a label or an initial
  return known(unit) ?? known(name) ?? known(name.replace(/s$/, ""));
}

// What a spreadsheet would run as a formula gets an apostrophe in front, as in the tables.
const FORMULA = /(?:^|(?<=[;\t\r\n]))(?=["']*[=+\-@＝＋－＠])|^(?=["']*[\t\r\n])/g;

const escapeFormula = (text) => (NUMBER.test(text) ? text : text.replace(FORMULA, "'"));

/** Rows as CSV in UTF-8 with a byte-order mark, for Excel. */
function asCsv(rows) {
  const quoted = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return "\ufeff" + rows.map((row) => row.map((cell) => quoted(escapeFormula(cell))).join(",") + "\n").join("");
}

// The apostrophe that escapeFormula puts in front.
const STOPPED = /(?:^|(?<=[;\t\r\n]))'(?=["']*[=+\-@＝＋－＠])|^'(?=["']*[\t\r\n])/g;

const unescapeFormula = (text) => text.replace(STOPPED, "");

/** The cells of a text in CSV, row by row. */
function parseCsv(text) {
  const rows = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|\n|\r|$)/g)) {
    rows.at(-1).push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end !== ",") rows.push([]);
  }
  return rows;
}
