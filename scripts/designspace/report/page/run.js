"use strict";
// The view of the run: its model, memory, time and configuration.

const RunView = (() => {
  const { text, figure, list, heading } = Lists;

  function draw(host) {
    const below = el("div", { class: "below" });
    host.append(
      heading("Run", "The model and its configuration, and the memory and time that the run took."),
      el("div", { class: "cards" }, papersCard(), modelCard(), memoryCard(), timeCard(), estimateCard(), configurationCard()),
      below,
    );
    drawPapers(below);
  }

  const card = (title, ...children) => el("section", { class: "card" }, el("h3", {}, title), children);

  /** What became of every file, as in a PRISMA flow diagram. */
  function papersCard() {
    const rows = DATA.prisma.map(({ step, reason, papers }) => [
      reason ? `  ${reason}` : step.replace("_", " "),
      papers.toLocaleString("en"),
    ]);
    const picture = el("img", { src: "prisma.svg", alt: "The same counts as a flow diagram", class: "flow" });
    return card("From files to included papers", plainTable(["Step", "Papers"], rows), picture);
  }

  function modelCard() {
    const { memory, plan } = DATA;
    const distinct = (key) => [...new Set(memory.map((row) => row[key]).filter(Boolean))].join("; ");
    const pairs = [
      ["Model", distinct("model") || plan.model],
      ["Revision", distinct("revision") || plan.revision],
      ["Versions", distinct("software")],
    ];
    return card("Model", facts(pairs));
  }

  function memoryCard() {
    const { memory, plan } = DATA;
    const tasks = [plan.extraction, plan.discovery].filter(Boolean);
    const tighter = tasks[d3.minIndex(tasks, (task) => task.token_budget)];
    const most = (key) => d3.max(memory, (row) => row[key]);
    const pairs = [
      ["Predicted, for the longest paper that fits", bytes(tighter?.predicted_peak_bytes)],
      ["Predicted, for the longest paper of this run", bytes(most("predicted_bytes"))],
      ["Measured in a paper’s process, at most", bytes(most("allocated_bytes"))],
      ["In use on the GPU, at most", most("device_bytes") ? bytes(most("device_bytes")) : ""],
      ["Tokens of a paper that fit", plan.token_budget?.toLocaleString("en")],
      ["Limited by", tighter?.limited_by],
    ];
    return card("Memory", facts(pairs));
  }

  function timeCard() {
    const rows = DATA.steps.map(({ step, jobs, seconds, bytes: memory }) => [
      step,
      jobs.toLocaleString("en"),
      duration(seconds),
      bytes(memory),
    ]);
    const table = rows.length
      ? plainTable(["Step", "Jobs", "Time", "Memory"], rows)
      : empty("No step recorded its time.");
    return card("Time by step", table);
  }

  /** The expected time of the model beside the measured time. */
  function estimateCard() {
    const { memory, estimate } = DATA;
    if (!estimate) return card("Estimate and truth", empty("Nothing was estimated before this run."));
    const rows = Object.entries(estimate.seconds).map(([task, seconds]) => {
      const of = memory.filter((row) => row.task === task && row.prompt_tokens);
      const took = d3.sum(of, (row) => row.seconds_attach + row.seconds_prefill + row.seconds_decode);
      return [task, `${of.length} of ${estimate.papers}`, duration(seconds), duration(took)];
    });
    const about = `By the plan on one ${estimate.device}, for all papers, without the loading of the model.`;
    const table = plainTable(["Task", "Papers read", "Estimate", "Truth"], rows);
    return card("Estimate and truth", table, el("p", { class: "faint" }, about));
  }

  function configurationCard() {
    const { plan, configuration } = DATA;
    const details = ["extraction", "discovery"]
      .filter((task) => plan[task])
      .map((task) => {
        const pairs = Object.entries(plan[task]).map(([name, value]) => [name, quantity(name, value)]);
        return el("details", {}, el("summary", {}, `The memory plan of ${task}`), facts(pairs));
      });
    return card("Configuration", facts(flat(configuration)), details);
  }

  function drawPapers(host) {
    const sentence =
      "Predicted is the plan’s peak; allocated is the measured peak of the paper’s process, device what the GPU had in use at the end.";
    host.append(el("h3", {}, "By paper"), el("p", { class: "faint" }, sentence));
    const size = (key, label) => figure(key, label, 110, { show: (row) => bytes(row[key] || null) });
    const seconds = (key, label) => figure(key, label, 90, { show: (row) => duration(row[key]) });
    list(host, {
      label: "Memory and time by paper",
      rows: DATA.memory,
      none: "No paper was answered.",
      open: (row) => View.go({ open: address("paper", row.paper) }),
      columns: [
        text("paper", "Paper", 240, { show: (row) => citationById(row.paper) }),
        text("task", "Task", 100),
        text("status", "Status", 100, { isAlarm: (row) => row.status !== "ok" }),
        figure("attempt", "Attempt", 84),
        size("predicted_bytes", "Predicted"),
        size("allocated_bytes", "Allocated"),
        size("device_bytes", "Device"),
        figure("prompt_tokens", "Prompt", 104),
        figure("new_tokens", "Written", 84),
        seconds("seconds_attach", "Attach"),
        seconds("seconds_prefill", "Prefill"),
        seconds("seconds_decode", "Decode"),
      ],
    });
  }

  const quantity = (name, value) =>
    name.endsWith("bytes") ? bytes(value) : typeof value === "number" ? value.toLocaleString("en") : String(value);

  /** A configuration as pairs: model.name, memory.capacity. */
  function flat(settings, above = "") {
    return Object.entries(settings ?? {}).flatMap(([key, value]) =>
      value && typeof value === "object" && !Array.isArray(value)
        ? flat(value, `${above}${key}.`)
        : [[above + key, Array.isArray(value) ? value.join(", ") : value]],
    );
  }

  return { draw };
})();
