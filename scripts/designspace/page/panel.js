"use strict";
// The details beside a view: the evidence of a cell with its review, a paper, or a discovery.

const Panel = (() => {
  const panel = document.getElementById("panel");
  let isReading = true; // the picture in its own size, and not fitted to the panel
  let opened = null; // the cell whose evidence is shown
  let before = null; // what had the focus

  function show(text) {
    const [kind, ...parts] = parseAddress(text);
    const told = { __proto__: null, cell: showCell, paper: showPaper, discovery: showDiscovery }[kind]?.(...parts);
    opened = told?.cell ?? null;
    panel.hidden = !told;
    if (!told) return panel.replaceChildren();
    const shut = button("×", close, { class: "close", "aria-label": "Close (Esc)", title: "Close (Esc)" });
    const share = button("Copy link", () => copy(location.href, panel.querySelector("h2")), { class: "plain" });
    panel.replaceChildren(
      el("div", { class: "title" }, el("h2", { tabindex: "-1" }, told.title), share, shut),
      ...told.parts.flat().filter(Boolean),
    );
    panel.scrollTop = 0;
    centre();
  }

  function close() {
    View.go({ open: "" });
    if (View.state.view === "matrix") Matrix.focus();
    else before?.focus();
  }

  // ---- a cell

  function showCell(paper, experiment, name) {
    const row = findRow(paper, experiment);
    if (!row || !PARAMETER.has(name)) return null;
    const cell = row.cells[PARAMETER.get(name)];
    const { parameter } = cell;
    const source = el(
      "p",
      { class: "source" },
      link(row.paper.pdf, row.paper.file),
      row.experiment && `, ${row.experiment}`,
      row.paper.status !== "ok" && `, ${row.paper.status}: ${row.paper.reason}`,
    );
    const first = cell.answers.find((answer) => answer.sentence);
    const sheets = el("div", { class: "sheets" }, first ? pictures(row.paper, first.sentence) : null);
    const several = cell.answers.filter((answer) => answer.sentence).length > 1;
    const choose = (answer) => {
      panel.querySelectorAll(".answer").forEach((other) => other.classList.toggle("chosen", other.answer === answer));
      sheets.replaceChildren(...pictures(row.paper, answer.sentence));
      centre();
    };
    const answers = cell.answers.map((answer) => {
      const shown = showAnswer(cell, answer, several && answer.sentence ? () => choose(answer) : null);
      shown.answer = answer;
      shown.classList.toggle("chosen", several && answer === first);
      return shown;
    });
    return {
      cell,
      title: [parameter.name, parameter.unit && el("span", { class: "unit" }, ` ${parameter.unit}`)],
      parts: [
        source,
        el("p", { class: "faint" }, parameter.definition),
        inherited(cell),
        answers,
        review(cell),
        sheets,
      ],
    };
  }

  function inherited(cell) {
    if (!cell.row.whole || cell.status !== "same") return null;
    const whole = cell.row.whole.cells[PARAMETER.get(cell.parameter.name)];
    const told = whole.values.length
      ? `For the whole paper it is ${whole.values.join("; ")}.`
      : "Neither does the whole paper.";
    return el(
      "p",
      { class: "told" },
      `Nothing of its own is reported for this experiment. ${told} `,
      button("Show the paper’s", () => View.go({ open: addressOf(whole) }), { class: "plain" }),
    );
  }

  function showAnswer(cell, answer, choose) {
    const model = answer.review ? answer.model_value : answer.status === "reported" ? answer.value : "";
    const unit = cell.parameter.unit ? ` ${cell.parameter.unit}` : "";
    const told = [];
    if (model !== "") {
      const isGone = cell.verdict && !cell.values.includes(model);
      told.push(
        el(
          "div",
          { class: "said" },
          el("span", { class: isGone ? "big gone" : "big" }, model, unit),
          answer.confidence !== "" && meter(answer.confidence, `confidence ${answer.confidence.toFixed(2)}`),
        ),
      );
    } else if (answer.status === "failed") {
      told.push(el("div", { class: "said alarm" }, `Failed. ${answer.reason}`));
    } else if (!answer.review || answer.p_null !== "") {
      const candidate = answer.candidate === "" ? "" : ` The model would have said ${answer.candidate}${unit}.`;
      told.push(
        el(
          "div",
          { class: "said" },
          el("span", { class: "big" }, "Not reported"),
          answer.p_null !== "" && meter(answer.p_null, `p_null ${shortNumber(answer.p_null)}`),
        ),
        candidate && el("p", {}, candidate.trim()),
      );
    }
    if (answer.sentence) told.push(quote(cell.row.paper, answer.sentence));
    if (answer.reasoning)
      told.push(
        el("p", { class: "reasoning" }, el("span", { class: "faint" }, "The model’s reasoning: "), answer.reasoning),
      );
    const show = choose && button("Show on the page", choose, { class: "plain" });
    return el("section", { class: "answer" }, told, show);
  }

  const quote = (paper, [page, text]) =>
    el("blockquote", {}, text, el("footer", {}, link(`${paper.pdf}#page=${page}`, `page ${page} of the PDF`)));

  // ---- the picture of a page with the lines of a sentence marked

  function pictures(paper, [page, , boxes]) {
    const pages = [...new Set(boxes.map(([number]) => number))];
    const sheets = (pages.length ? pages : [page]).map((number) =>
      sheet(
        paper,
        number,
        boxes.filter((box) => box[0] === number),
      ),
    );
    const label = () => (isReading ? "Whole page" : "Reading size");
    const toggle = button(
      label(),
      () => {
        isReading = !isReading;
        toggle.textContent = label();
        panel.querySelector(".frame").classList.toggle("reading", isReading);
        centre();
      },
      { class: "plain" },
    );
    return [
      el("div", { class: "above" }, el("h3", {}, "On the page"), toggle),
      el(
        "div",
        {
          class: isReading ? "frame reading" : "frame",
          tabindex: "0",
          role: "group",
          "aria-label": "The page with the sentence marked",
        },
        sheets,
      ),
    ];
  }

  function sheet(paper, number, boxes) {
    const [width, height] = paper.sizes?.[number] ?? [612, 792];
    const picture = el("img", {
      src: `pages/${paper.paper}/${number}.webp`,
      loading: "lazy",
      alt: `Page ${number} of ${paper.file}`,
    });
    const page = el("div", { class: "sheet", "data-page": number }, picture);
    page.style.setProperty("--width", `${1.5 * width}px`); // the size in which the picture was drawn
    page.style.aspectRatio = `${width} / ${height}`;
    picture.addEventListener("error", () => {
      page.replaceWith(
        el(
          "p",
          { class: "empty" },
          `There is no picture of page ${number} beside this report; the link above opens it in the PDF.`,
        ),
      );
    });
    if (paper.sizes?.[number]) {
      for (const [, left, bottom, right, top] of boxes) {
        const mark = el("div", { class: "marked" });
        const place = {
          left: left / width,
          top: (height - top) / height,
          width: (right - left) / width,
          height: (top - bottom) / height,
        };
        for (const [side, share] of Object.entries(place)) mark.style[side] = `${(100 * share).toFixed(3)}%`;
        page.append(mark);
      }
    }
    return page;
  }

  /** Scroll the first mark to the middle of its frame. */
  function centre() {
    const frame = panel.querySelector(".frame");
    const marks = frame?.querySelectorAll(".sheet:first-child .marked") ?? [];
    if (!marks.length) return;
    const [area, first, last] = [frame, marks[0], marks[marks.length - 1]].map((part) => part.getBoundingClientRect());
    const left = Math.min(...[...marks].map((mark) => mark.getBoundingClientRect().left));
    frame.scrollLeft += left - area.left - Math.max(12, (area.width - first.width) / 2);
    frame.scrollTop += (first.top + last.bottom) / 2 - area.top - area.height / 2;
  }

  // ---- the review of a cell

  function review(cell) {
    const box = el("section", { class: "review", "aria-label": "Review" });
    const known = cell.values.length > 0;
    const acts = el(
      "div",
      { class: "acts" },
      known &&
        button("Accept", () => act("accept"), {
          title: "The value is right (A)",
          disabled: cell.verdict === "accepted",
        }),
      button(known ? "Change" : "Fill in", () => form(box, cell), { title: "Write what the paper reports (C)" }),
      button(known ? "Reject" : "Nothing is reported", () => act("reject"), {
        ...{ title: known ? "The paper reports nothing (R)" : "The paper reports nothing, as the model says (R)" },
        disabled: !known && Boolean(cell.verdict),
      }),
      (cell.told || cell.pending) && button("Undo", () => act("undo"), { title: "Take the review back" }),
    );
    box.append(verdictLine(cell), acts);
    return box;
  }

  function verdictLine(cell) {
    if (!cell.told) return el("p", { class: "faint" }, cell.pending ? "The review is taken back." : "Not reviewed.");
    const { reviewer, date, note } = cell.told;
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
          cell.told.exported ? " Exported; no run has merged it yet." : " In this browser only, until you export it.",
        ),
    );
  }

  async function act(what, cell = opened) {
    if (!cell) return;
    if (what === "undo") return Corrections.withdraw(cell);
    if (!(await reviewerKnown())) return;
    if (what === "accept") Corrections.say(cell, cell.values.join("; "));
    else Corrections.say(cell, "");
    const mark = cell.values.length ? `${cell.verdict}: ${cell.values.join("; ")}` : "nothing is reported";
    say(`${cell.parameter.name} of ${cell.row.paper.paper}, ${mark}.`);
  }

  /** The name under which a reader reviews, asked once. */
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
      value: cell.told?.note ?? "",
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
      if (await reviewerKnown()) Corrections.say(cell, value, note.value.trim());
    };
    const hint =
      parameter.multiple && parameter.kind !== "category" ? "Several values have semicolons between them." : "";
    const stop = button("Cancel", () => box.replaceWith(review(cell)), { class: "plain" });
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

  // ---- a paper

  function showPaper(name) {
    const row = ROW.get(name);
    if (!row) return null;
    const { paper } = row;
    const cells = rowsOf(row).flatMap(({ cells: all }) => all);
    const reported = cells.filter((cell) => cell.status === "reported");
    const told = [
      ["Status", paper.status],
      ["Reason", paper.duplicate_of ? `The same file as ${paper.duplicate_of}.` : paper.reason],
      ["Pages", paper.pages],
      [
        "Tokens",
        paper.tokens &&
          `${paper.tokens.toLocaleString("en")}, of which the model was given ${(paper.tokens_kept ?? 0).toLocaleString("en")}`,
      ],
      ["Experiments", paper.experiments.map(([experiment]) => experiment).join("; ")],
      [
        "Values",
        paper.duplicate_of
          ? ""
          : `${counted(reported.length, "cell")} with a value, ${reported.filter((cell) => cell.verdict).length} of them reviewed`,
      ],
    ];
    const values = button("Its values in the matrix", () => View.go({ view: "matrix", paper: name }, true));
    return {
      title: name,
      parts: [
        el("p", { class: "source" }, link(paper.pdf, paper.file)),
        facts(told),
        !paper.duplicate_of && values,
        el("h3", {}, "Left out by truncation"),
        paper.left_out?.length ? leftOut(paper) : empty("Nothing was left out."),
      ],
    };
  }

  function leftOut(paper) {
    const head = el(
      "tr",
      {},
      ["Section", "Kind", "Tokens", "Kept"].map((name) => el("th", { scope: "col" }, name)),
    );
    const line = ([title, kind, tokens, kept]) =>
      el(
        "tr",
        {},
        el("td", {}, title || "(no title)"),
        el("td", {}, kind),
        el("td", { class: "number" }, tokens.toLocaleString("en")),
        el("td", { class: "number" }, kept.toLocaleString("en")),
      );
    return el("table", { class: "plain" }, el("thead", {}, head), el("tbody", {}, paper.left_out.map(line)));
  }

  // ---- a discovery

  function showDiscovery(name) {
    const found = DATA.discoveries.find((discovery) => discovery.name === name);
    if (!found) return null;
    const entry = el("pre", { tabindex: "0" }, found.entry);
    const papers = [...new Set(found.papers.map(([paper]) => DATA.papers[paper].paper))];
    const sheets = el("div", { class: "sheets" });
    const told = found.papers.map(([index, sentence, value, unit, confidence, description]) => {
      const paper = DATA.papers[index];
      const evidence = sentence == null ? null : DATA.sentences[sentence];
      const showOnPage = () => {
        sheets.replaceChildren(...pictures(paper, evidence));
        centre();
        sheets.scrollIntoView({ block: "nearest" });
      };
      return el(
        "section",
        { class: "answer" },
        el(
          "div",
          { class: "said" },
          el("span", { class: "big" }, value, unit && ` ${unit}`),
          el("span", { class: "faint" }, paper.paper),
          confidence != null && meter(confidence, confidence.toFixed(2)),
        ),
        description !== found.description && el("p", {}, description),
        evidence && quote(paper, evidence),
        evidence && button("Show on the page", showOnPage, { class: "plain" }),
      );
    });
    return {
      title: name,
      parts: [
        el("p", {}, found.description),
        facts([
          ["Category", found.category],
          ["Importance", found.importance],
          ["Papers", papers.length],
        ]),
        el(
          "div",
          { class: "above" },
          el("h3", {}, "As a parameter"),
          button("Copy", () => copy(found.entry, entry)),
        ),
        entry,
        el(
          "p",
          { class: "faint" },
          "A line for config/parameters.yaml. Say in the definition what counts and what does not.",
        ),
        button("The papers in the matrix", () => View.go({ view: "matrix", paper: papers.join(",") }, true)),
        el("h3", {}, "What the papers say"),
        told,
        sheets,
      ],
    };
  }

  return {
    show,
    close,
    isOpen: () => !panel.hidden,
    isOf: (cell) => opened === cell,
    remember: () => (before = panel.contains(document.activeElement) ? before : document.activeElement),
    /** The letters that review a cell, in the matrix and in the panel. */
    key(event, cell = opened) {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const key = event.key.toLowerCase();
      if (key === "n" && View.state.view === "matrix") return Matrix.next();
      if (!cell || !["a", "c", "r"].includes(key)) return;
      event.preventDefault();
      if (View.state.open !== addressOf(cell)) View.go({ open: addressOf(cell) });
      if (key === "c") form(panel.querySelector(".review"), cell);
      else if (key === "r" || cell.values.length) act(key === "a" ? "accept" : "reject", cell);
    },
  };
})();
