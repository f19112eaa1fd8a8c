"use strict";
// The details of a paper, and of a discovery.

const Details = (() => {
  /** How well the text of a paper was read. */
  function qualityOf({ unknown_characters, true_words, pages_by_ocr, sections }) {
    if (unknown_characters === null) return "";
    const percent = (share) => `${(100 * share).toFixed(1)}%`;
    return [
      true_words !== null && `${percent(true_words)} of its words are English words`,
      `${percent(unknown_characters)} of its characters are unknown`,
      pages_by_ocr > 0 && `${counted(pages_by_ocr, "page")} by OCR`,
      sections !== null && counted(sections, "section"),
    ]
      .filter(Boolean)
      .join(", ");
  }

  function paper(name) {
    const row = ROW.get(name);
    if (!row) return null;
    const { paper } = row;
    const cells = rowsOf(row).flatMap(({ cells: all }) => all);
    const reported = cells.filter((cell) => cell.status === "reported");
    const pairs = [
      ["Status", paper.status],
      ["Reason", fateOf(paper)],
      ["Title", paper.title],
      ["Authors", paper.authors],
      ["Published", [paper.journal, paper.year].filter(Boolean).join(", ")],
      ["DOI", paper.doi],
      ["Type", paper.type],
      ["Found in", paper.found_in],
      ["Id", name],
      ["Supplements", paper.supplements?.map(({ file }) => file).join(", ")],
      ["Pages", paper.pages],
      ["Text", qualityOf(paper)],
      [
        "Tokens",
        paper.tokens &&
          `${paper.tokens.toLocaleString("en")}, of which the model was given ${(paper.tokens_kept ?? 0).toLocaleString("en")}`,
      ],
      [
        "Values",
        !paper.is_counted
          ? ""
          : `${counted(reported.length, "cell")} with a value, ${reported.filter((cell) => cell.verdict).length} of them reviewed`,
      ],
    ];
    const values = button("Its values in the matrix", () => View.go({ view: "matrix", paper: name }, true));
    return {
      title: citationOf(paper),
      parts: [
        paper.file && el("p", { class: "source" }, link(paper.pdf, paper.file)),
        facts(pairs),
        paper.is_counted && values,
        paper.parts.length > 0 && el("h3", {}, paper.parts.some((part) => part.group) ? "Experiments and groups" : "Experiments"),
        paper.parts.map((part) => [
          el("p", {}, [part.experiment, part.group].filter(Boolean).join(", ")),
          part.same_sample && el("p", { class: "rule" }, `The same participants as in ${part.same_sample}.`),
          sentenceOf(part) && Evidence.quote(paper, sentenceOf(part)),
        ]),
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
    const line = (row) => {
      const { title, kind, tokens, tokens_kept: kept } = named("left_out", row);
      return el(
        "tr",
        {},
        el("td", {}, title || "(no title)"),
        el("td", {}, kind),
        el("td", { class: "number" }, tokens.toLocaleString("en")),
        el("td", { class: "number" }, kept.toLocaleString("en")),
      );
    };
    return el("table", { class: "plain" }, el("thead", {}, head), el("tbody", {}, paper.left_out.map(line)));
  }

  // ---- a discovery

  function discovery(name) {
    const known = DATA.discoveries.find((discovery) => discovery.name === name);
    if (!known) return null;
    const entry = el("pre", { tabindex: "0" }, known.entry);
    const papers = [...new Set(known.findings.map(({ paper }) => DATA.papers[paper].paper))];
    const sheets = el("div", { class: "sheets" });
    const findings = known.findings.map((finding) => {
      const { value, unit, confidence, description } = finding;
      const paper = DATA.papers[finding.paper];
      const evidence = sentenceOf(finding);
      const showOnPage = () => {
        sheets.replaceChildren(...Pictures.of(paper, evidence));
        Pictures.centre();
        sheets.scrollIntoView({ block: "nearest" });
      };
      return el(
        "section",
        { class: "answer" },
        el(
          "div",
          { class: "outcome" },
          el("span", { class: "big" }, value, unit && ` ${unit}`),
          el("span", { class: "faint" }, citationOf(paper)),
          confidence !== "" && meter(confidence, confidence.toFixed(2)),
        ),
        description !== known.description && el("p", {}, description),
        evidence && Evidence.quote(paper, evidence),
        evidence && button("Show on the page", showOnPage, { class: "plain" }),
      );
    });
    return {
      title: name,
      parts: [
        el("p", {}, known.description),
        facts([
          ["Category", known.category],
          ["Importance", known.importance],
          ["Papers", papers.length],
        ]),
        el(
          "div",
          { class: "above" },
          el("h3", {}, "As a parameter"),
          button("Copy", () => copy(known.entry, entry)),
        ),
        entry,
        el(
          "p",
          { class: "faint" },
          "A line for config/parameters.yaml. Say in the definition what counts and what does not.",
        ),
        button("The papers in the matrix", () => View.go({ view: "matrix", paper: papers.join(",") }, true)),
        el("h3", {}, "What the papers report"),
        findings,
        sheets,
      ],
    };
  }

  return { paper, discovery };
})();
