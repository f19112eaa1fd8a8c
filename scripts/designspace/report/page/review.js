"use strict";
// The review of a cell: its value, whose mark it is, and the buttons to accept, change or reject it.

const Review = (() => {
  function of(cell) {
    const box = el("section", { class: "review", "aria-label": "Review" });
    const known = cell.values.length > 0;
    const isDone = Boolean(cell.marks?.own) || (Boolean(cell.mark) && cell.mark.reviewer === "");
    const acts = el(
      "div",
      { class: "acts" },
      known &&
        button("Accept", () => act("accept", cell), {
          title: "The value is right (A)",
          disabled: isDone && cell.verdict === "accepted",
        }),
      button(known ? "Change" : "Fill in", () => form(box, cell), { title: "Write what the paper reports (C)" }),
      button(known ? "Reject" : "Nothing is reported", () => act("reject", cell), {
        title: known ? "The paper reports nothing (R)" : "The paper reports nothing, as the model answers (R)",
        disabled: !known && isDone,
      }),
      button("Note", () => noteForm(box, cell), { title: "Write a note, also without a review" }),
      (Corrections.canWithdraw(cell) || cell.marks?.isTakenBack) &&
        button("Undo", () => act("undo", cell), { title: "Take the review back" }),
    );
    box.append(...[verdictLine(cell), marksOf(cell), notesOf(cell), adjudication(box, cell), acts].filter(Boolean));
    return box;
  }

  function verdictLine(cell) {
    if (!cell.mark) {
      const hidden = Corrections.isBlind()
        ? " You review blind: the marks of others are hidden until yours is set."
        : "";
      return el(
        "p",
        { class: "faint" },
        (cell.marks?.isTakenBack ? "The review is taken back." : "Not reviewed.") + hidden,
      );
    }
    const { reviewer, date, note } = cell.mark;
    const verdict = cell.verdict[0].toUpperCase() + cell.verdict.slice(1);
    const by = [reviewer && ` by ${reviewer}`, date && `, ${date.slice(0, 10)}`].filter(Boolean).join("");
    const now = cell.verdict === "corrected" ? `: ${cell.values.join("; ")}` : "";
    const how = { agreed: " Both agree.", adjudicated: " Adjudicated." }[cell.state] ?? "";
    return el(
      "p",
      {},
      el("b", {}, verdict + now),
      by + (note ? `. ${note}` : "."),
      how,
      cell.pending &&
        el(
          "span",
          { class: "faint" },
          cell.mark.exported ? " Exported; no run has merged it yet." : " In this browser only, until you export it.",
        ),
    );
  }

  const valueOf = ({ value }) => (value === "" ? "nothing is reported" : value);

  /** The reviews of a cell with several reviewers, one below the other. */
  function marksOf(cell) {
    if (!cell.marks || cell.marks.reviews.length + (cell.marks.adjudication ? 1 : 0) < 2) return null;
    const line = (mark) =>
      el(
        "li",
        {},
        el("b", {}, mark.reviewer),
        `: ${valueOf(mark)}`,
        mark.note && el("span", { class: "faint" }, `. ${mark.note}`),
      );
    return el("ul", { class: "marks" }, cell.marks.reviews.map(line));
  }

  function notesOf(cell) {
    if (!cell.marks?.notes.length) return null;
    return el(
      "ul",
      { class: "notes" },
      cell.marks.notes.map((mark) => el("li", {}, `Note by ${mark.reviewer}: ${mark.note}`)),
    );
  }

  /** The ways to decide between reviews that disagree. */
  function adjudication(box, cell) {
    if (cell.state !== "disagreement") return null;
    const take = (mark) =>
      button(`${mark.reviewer}: ${valueOf(mark)}`, () => decide(cell, mark.value), { title: "This value is right" });
    return el(
      "div",
      { class: "acts adjudicate" },
      el("span", {}, "Adjudicate:"),
      cell.marks.reviews.map(take),
      button("Another value", () => form(box, cell, "adjudication")),
    );
  }

  async function decide(cell, value) {
    if (!(await reviewerKnown())) return;
    Corrections.set(cell, value, "", "adjudication");
    announce(`${cell.parameter.name} of ${cell.row.paper.paper} is adjudicated.`);
  }

  async function act(what, cell) {
    if (what === "undo") return Corrections.canWithdraw(cell) ? Corrections.withdraw(cell) : Corrections.restore(cell);
    if (!(await reviewerKnown())) return;
    if (what === "accept") Corrections.set(cell, cell.values.join("; "));
    else Corrections.set(cell, "");
    const mark = cell.values.length ? `${cell.verdict}: ${cell.values.join("; ")}` : "nothing is reported";
    announce(`${cell.parameter.name} of ${citationOf(cell.row.paper)}, ${mark}.`);
  }

  const reviewerKnown = () => (Corrections.reviewer() ? Promise.resolve(true) : askWho());

  /** Ask for the reviewer's name, and whether to hide the marks of others. Resolves to whether there is a name. */
  function askWho() {
    return new Promise((resolve) => {
      const names = el(
        "datalist",
        { id: "names" },
        Corrections.reviewers().map((value) => el("option", { value })),
      );
      const about = { name: "reviewer", required: true, maxlength: 60, autocomplete: "name", list: "names" };
      const name = el("input", { ...about, value: Corrections.reviewer() });
      const blind = el("input", { type: "checkbox", name: "blind", checked: Corrections.isBlind() });
      const save = (event) => {
        if (!name.value.trim()) return event.preventDefault();
        Corrections.setReviewer(name.value.trim(), blind.checked);
      };
      const dialog = el(
        "dialog",
        { class: "ask", onclose: () => (dialog.remove(), resolve(Boolean(Corrections.reviewer()))) },
        el(
          "form",
          { method: "dialog", onsubmit: save },
          el("label", {}, "Your name or initials, shown beside what you review. You are asked only once.", name, names),
          el("label", { class: "check" }, blind, " Blind: hide the marks of other reviewers until mine is set"),
          el(
            "div",
            { class: "acts" },
            el("button", {}, "Go on"),
            button("Cancel", () => dialog.close(), { class: "plain" }),
          ),
        ),
      );
      document.body.append(dialog);
      dialog.showModal();
    });
  }

  function noteForm(box, cell) {
    const field = el("input", {
      name: "note",
      "aria-label": "Note",
      value: cell.marks?.notes.find(Corrections.isMine)?.note ?? "",
    });
    const save = async (event) => {
      event.preventDefault();
      if (await reviewerKnown()) Corrections.note(cell, field.value.trim());
    };
    const stop = button("Cancel", () => box.replaceWith(of(cell)), { class: "plain" });
    box.replaceChildren(
      el(
        "form",
        { onsubmit: save },
        el("label", { class: "field" }, "Note", field),
        el("div", { class: "acts" }, el("button", {}, "Save"), stop),
      ),
    );
    field.focus();
  }

  function form(box, cell, kind = "") {
    const { parameter } = cell;
    const field = editor(cell);
    const note = el("input", {
      name: "note",
      placeholder: "Note, for example the place in the paper (optional)",
      "aria-label": "Note",
      value: cell.marks?.own?.note ?? "",
    });
    const wrong = el("p", { class: "alarm", role: "alert" });
    const save = async (event) => {
      event.preventDefault();
      const value = field.read();
      try {
        parseValues(value, parameter);
      } catch (error) {
        wrong.textContent = error.message;
        return field.focus();
      }
      if (await reviewerKnown()) Corrections.set(cell, value, note.value.trim(), kind);
    };
    const hint =
      parameter.multiple && parameter.kind !== "category" ? "Several values have semicolons between them." : "";
    const stop = button("Cancel", () => box.replaceWith(of(cell)), { class: "plain" });
    box.replaceChildren(
      el(
        "form",
        { onsubmit: save, novalidate: true },
        el(
          "label",
          { class: "field" },
          `${parameter.name}${parameter.unit ? ` in ${parameter.unit}` : ""}`,
          field.element,
        ),
        hint && el("p", { class: "faint" }, hint),
        wrong,
        note,
        el("div", { class: "acts" }, el("button", {}, "Save"), stop),
      ),
    );
    field.focus();
  }

  /** The input for a value: boxes to tick for categories, otherwise a line. */
  function editor({ parameter, values, answers }) {
    const now = values.length
      ? values
      : [answers.find((answer) => answer.candidate !== "")?.candidate ?? ""].filter(Boolean);
    const choices =
      parameter.kind === "category" ? parameter.values : parameter.kind === "boolean" ? ["true", "false"] : null;
    if (!choices) {
      const line = el("input", { name: "value", value: now.join("; "), autocomplete: "off" });
      return { element: line, read: () => line.value.trim(), focus: () => line.select() };
    }
    const type = parameter.multiple ? "checkbox" : "radio";
    const boxes = choices.map((value) => el("input", { type, name: "value", value, checked: now.includes(value) }));
    const element = el(
      "span",
      { class: "options", role: "group" },
      boxes.map((box) => el("label", {}, box, box.value)),
    );
    const read = () =>
      boxes
        .filter((box) => box.checked)
        .map((box) => box.value)
        .join("; ");
    return { element, read, focus: () => (boxes.find((box) => box.checked) ?? boxes[0]).focus() };
  }

  return { of, act, form, askWho };
})();
