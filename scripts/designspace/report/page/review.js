"use strict";
// The review of a cell: what holds, whose mark it is, and the ways to accept, change or reject it.

const Review = (() => {
  function of(cell) {
    const box = el("section", { class: "review", "aria-label": "Review" });
    const known = cell.values.length > 0;
    const acts = el(
      "div",
      { class: "acts" },
      known &&
        button("Accept", () => act("accept", cell), {
          title: "The value is right (A)",
          disabled: cell.verdict === "accepted",
        }),
      button(known ? "Change" : "Fill in", () => form(box, cell), { title: "Write what the paper reports (C)" }),
      button(known ? "Reject" : "Nothing is reported", () => act("reject", cell), {
        title: known ? "The paper reports nothing (R)" : "The paper reports nothing, as the model answers (R)",
        disabled: !known && Boolean(cell.verdict),
      }),
      (cell.mark || cell.pending) && button("Undo", () => act("undo", cell), { title: "Take the review back" }),
    );
    box.append(verdictLine(cell), acts);
    return box;
  }

  function verdictLine(cell) {
    if (!cell.mark) return el("p", { class: "faint" }, cell.pending ? "The review is taken back." : "Not reviewed.");
    const { reviewer, date, note } = cell.mark;
    const verdict = cell.verdict[0].toUpperCase() + cell.verdict.slice(1);
    const by = [reviewer && ` by ${reviewer}`, date && `, ${date.slice(0, 10)}`].filter(Boolean).join("");
    const now = cell.verdict === "corrected" ? `: ${cell.values.join("; ")}` : "";
    return el(
      "p",
      {},
      el("b", {}, verdict + now),
      by + (note ? `. ${note}` : "."),
      cell.pending &&
        el(
          "span",
          { class: "faint" },
          cell.mark.exported ? " Exported; no run has merged it yet." : " In this browser only, until you export it.",
        ),
    );
  }

  async function act(what, cell) {
    if (what === "undo") return Corrections.withdraw(cell);
    if (!(await reviewerKnown())) return;
    if (what === "accept") Corrections.set(cell, cell.values.join("; "));
    else Corrections.set(cell, "");
    const mark = cell.values.length ? `${cell.verdict}: ${cell.values.join("; ")}` : "nothing is reported";
    announce(`${cell.parameter.name} of ${cell.row.paper.paper}, ${mark}.`);
  }

  /** The name of the reviewer, asked once. */
  function reviewerKnown() {
    if (Corrections.reviewer()) return Promise.resolve(true);
    return new Promise((resolve) => {
      const name = el("input", { name: "reviewer", required: true, maxlength: 60, autocomplete: "name" });
      const save = (event) => {
        if (!name.value.trim()) return event.preventDefault();
        Corrections.setReviewer(name.value.trim());
      };
      const dialog = el(
        "dialog",
        { class: "ask", onclose: () => (dialog.remove(), resolve(Boolean(Corrections.reviewer()))) },
        el(
          "form",
          { method: "dialog", onsubmit: save },
          el("label", {}, "Your name or initials, which stand beside what you review. It is asked once.", name),
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

  function form(box, cell) {
    const { parameter } = cell;
    const field = editor(cell);
    const note = el("input", {
      name: "note",
      placeholder: "Note, such as where it stands (optional)",
      "aria-label": "Note",
      value: cell.mark?.note ?? "",
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
      if (await reviewerKnown()) Corrections.set(cell, value, note.value.trim());
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

  /** What a value is written into: boxes to tick for categories, and a line for all else. */
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

  return { of, act, form };
})();
