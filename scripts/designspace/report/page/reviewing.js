"use strict";
// The view of the reviewers: their progress, a random sample, disagreements, and how far they agree.

const Reviewing = (() => {
  const { text, figure, list, heading } = Lists;
  const openCell = ({ cell }) => View.go({ open: addressOf(cell) });
  const share = (number) => (number == null ? "" : `${(100 * number).toFixed(1)}%`);

  function draw(host) {
    const below = [el("div", { class: "below" }), el("div", { class: "below" })];
    host.append(
      heading(
        "Review",
        "Who has reviewed what, what a random sample says about all values, and where reviewers disagree.",
      ),
      el("div", { class: "cards" }, reviewers(), sample()),
      ...below,
    );
    drawDisagreements(below[0]);
    drawAgreement(below[1]);
  }

  const card = (title, ...children) => el("section", { class: "card" }, el("h3", {}, title), children);

  // ---- progress

  function reviewers() {
    const cells = ALL_CELLS.filter((cell) => cell.marks);
    const rows = Corrections.reviewers().map((name) => {
      const isOf = (mark) => spelled(mark.reviewer) === spelled(name);
      const own = cells.flatMap((cell) => cell.marks.reviews.filter(isOf).map((mark) => verdictOf(cell, mark)));
      const count = (verdict) => own.filter((other) => other === verdict).length.toLocaleString("en");
      const notes = cells.filter((cell) => cell.marks.notes.some(isOf)).length;
      return [
        name,
        own.length.toLocaleString("en"),
        ...["accepted", "corrected", "rejected"].map(count),
        String(notes),
      ];
    });
    const table = plainTable(["Reviewer", "Reviewed", "Accepted", "Corrected", "Rejected", "Notes"], rows);
    const file = el("input", { type: "file", accept: ".csv", "aria-label": "A reviewer’s file", onchange: importFile });
    return card(
      "Reviewers",
      rows.length ? table : empty("Nobody has reviewed a value yet."),
      Corrections.isBlind() &&
        el(
          "p",
          { class: "faint" },
          "You review blind: of a cell without your review, others’ marks are not counted here.",
        ),
      el("p", {}, "Drop the file of another reviewer on the page to see its marks, or choose it: ", file),
    );
  }

  const verdictOf = (cell, mark) => Marks.verdict(modelValues(cell), Marks.parsed(mark.value, cell.parameter));

  async function importFile(event) {
    for (const file of event.target.files) await Importing.take(file);
  }

  // ---- a random sample

  const settings = () => {
    const [percent, low, high, seed] = (View.state.sample || "10,0.8,1,1").split(",");
    return { percent, low, high, seed };
  };

  function sample() {
    const now = settings();
    const field = (key, label, more) => {
      const change = (event) =>
        View.go({ sample: Object.values({ ...settings(), [key]: event.target.value }).join(",") });
      return el(
        "label",
        {},
        `${label} `,
        el("input", { type: "number", class: "share", name: key, value: now[key], onchange: change, ...more }),
      );
    };
    const form = el(
      "p",
      { class: "sample" },
      field("percent", "Percent of the values", { min: 1, max: 100 }),
      field("low", "with a confidence from", { min: 0, max: 1, step: 0.05 }),
      field("high", "to", { min: 0, max: 1, step: 0.05 }),
      field("seed", "drawn with the number", {
        min: 1,
        step: 1,
        title: "The same number draws the same sample, for every reviewer",
      }),
    );
    if (!View.state.sample) {
      const start = button("Draw a sample", () => View.go({ sample: Object.values(settings()).join(",") }, true));
      return card(
        "A random sample",
        el("p", {}, "Review a share of the values to know how many of all are wrong."),
        form,
        start,
      );
    }
    return card("A random sample", form, result(Queue.sample(now)));
  }

  function result(cells) {
    const { reviewed, errors, low, high } = Queue.errorsOf(cells);
    const next = cells.find((cell) => !cell.verdict);
    const rate = reviewed
      ? `${errors} of ${reviewed} are wrong: an error rate of ${share(errors / reviewed)}, with a 95% interval from ${share(low)} to ${share(high)}.`
      : "None of them is reviewed yet.";
    return [
      el(
        "p",
        { class: "rate" },
        meter(cells.length ? reviewed / cells.length : 0, `${reviewed} of ${counted(cells.length, "value")} reviewed`),
      ),
      el("p", { id: "rate" }, rate),
      next && button("Next of the sample", () => View.go({ open: addressOf(next) })),
    ];
  }

  // ---- disagreements and agreement

  const place = (cell) => whereOf(cell.row, citationAndId(cell.row.paper));
  const markText = ({ reviewer, value }) => `${reviewer}: ${value === "" ? "nothing" : value}`;

  function drawDisagreements(host) {
    const rows = ALL_CELLS.filter((cell) => cell.state === "disagreement").map((cell) => ({
      cell,
      where: place(cell),
      parameter: cell.parameter.name,
      marks: cell.marks.reviews.map(markText).join(" / "),
      model: modelValues(cell).join("; "),
    }));
    host.append(el("h3", {}, "Disagreements"), el("p", { class: "faint" }, "Open one to adjudicate it."));
    list(host, {
      label: "Disagreements",
      rows,
      none: "No reviewers disagree.",
      open: openCell,
      columns: [
        text("where", "Paper", 260),
        text("parameter", "Parameter", 190),
        text("marks", "Reviewers", 380),
        text("model", "Model", 200),
      ],
    });
  }

  function drawAgreement(host) {
    const interval = (row, key) =>
      row[key] == null ? "" : `${row[`${key}_low`].toFixed(2)} to ${row[`${key}_high`].toFixed(2)}`;
    const rows = DATA.agreement.map((row) => ({
      ...row,
      pair: `${row.reviewer || "no name"} and ${row.other === "model" ? "the model" : row.other}`,
    }));
    const note = "Of the last run, as in agreement.csv. Numbers within 1% are the same.";
    host.append(el("h3", {}, "Agreement"), el("p", { class: "faint" }, note));
    list(host, {
      label: "Agreement",
      rows,
      none: "No run has merged a review yet.",
      columns: [
        text("pair", "Who", 220),
        text("parameter", "Parameter", 190),
        figure("cells", "Values", 80),
        figure("share", "Agree", 90, { show: (row) => share(row.share) }),
        figure("share_low", "95% interval", 130, {
          show: (row) => `${share(row.share_low)} to ${share(row.share_high)}`,
        }),
        figure("kappa", "Cohen’s kappa", 120, { show: (row) => row.kappa?.toFixed(2) ?? "" }),
        figure("kappa_low", "95% interval", 130, { show: (row) => interval(row, "kappa") }),
      ],
    });
  }

  return { draw };
})();
