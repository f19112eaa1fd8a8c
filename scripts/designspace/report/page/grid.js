"use strict";
// A table of any length: only the rows in view are drawn. One cell has the focus, and the arrows move it.

class Grid {
  /**
   * host: the element that it fills. options: label; height of a row in pixels; open(row, column) by Enter or a click;
   * sort(column) by Enter or a click in the head; key(event, row, column) for further keys; rowClass(row).
   */
  constructor(host, options) {
    this.options = { height: 34, ...options };
    this.at = { row: 0, column: 0 };
    this.drawn = new Map();
    this.columns = [];
    this.rows = [];
    this.head = el("thead", {});
    this.body = el("tbody", {});
    this.group = el("colgroup", {});
    this.table = el("table", { role: "grid", "aria-label": options.label }, this.group, this.head, this.body);
    const listeners = { onkeydown: (event) => this.key(event), onclick: (event) => this.click(event) };
    this.scroller = el("div", { class: "grid", tabindex: "-1", ...listeners }, this.table);
    let waits = false;
    const later = () => {
      if (waits) return;
      waits = true;
      requestAnimationFrame(() => {
        waits = false;
        this.draw();
      });
    };
    this.scroller.addEventListener("scroll", later);
    new ResizeObserver(later).observe(this.scroller);
    host.append(this.scroller);
  }

  /**
   * Show rows. columns: [{key, width in pixels, head(): nodes, cell(td, row), isHead: for the column that names the
   * row, sorted: "ascending" or "descending", canSort}].
   */
  show(columns, rows) {
    this.columns = columns;
    this.rows = rows;
    this.at.row = Math.min(this.at.row, rows.length - 1);
    this.at.column = Math.min(this.at.column, columns.length - 1);
    this.table.setAttribute("aria-rowcount", rows.length + 1);
    this.table.setAttribute("aria-colcount", columns.length);
    this.table.style.width = `${columns.reduce((sum, column) => sum + column.width, 0)}px`;
    this.group.replaceChildren(
      ...columns.map((column) => {
        const col = el("col");
        col.style.width = `${column.width}px`;
        return col;
      }),
    );
    const heads = columns.map((column, index) => {
      const sort = column.sorted ?? (column.canSort ? "none" : null);
      const name = { scope: "col", "data-column": index, "data-key": column.key, "aria-sort": sort, tabindex: "-1" };
      return el("th", { ...name, class: column.isHead ? "named" : column.isNumber ? "number" : null }, column.head());
    });
    this.head.replaceChildren(el("tr", { "aria-rowindex": 1 }, heads));
    this.refresh();
  }

  /** Draw the rows in view again. */
  refresh() {
    this.drawn.clear();
    this.draw();
  }

  draw() {
    const { height } = this.options;
    const { scrollTop, clientHeight } = this.scroller;
    const first = Math.max(0, Math.floor(scrollTop / height) - 8);
    const last = Math.min(this.rows.length, Math.ceil((scrollTop + clientHeight) / height) + 8);
    const had = this.scroller.contains(document.activeElement);
    const drawn = new Map();
    for (let index = first; index < last; index += 1) drawn.set(index, this.drawn.get(index) ?? this.row(index));
    const space = (rows) => {
      const line = el("tr", { class: "space", "aria-hidden": "true" });
      line.style.height = `${rows * height}px`;
      return rows > 0 ? [line] : [];
    };
    this.drawn = drawn;
    this.body.replaceChildren(...space(first), ...drawn.values(), ...space(this.rows.length - last));
    this.mark();
    if (had && !this.scroller.contains(document.activeElement)) {
      (this.cellAt() ?? this.scroller).focus({ preventScroll: true });
    }
  }

  row(index) {
    const row = this.rows[index];
    const cells = this.columns.map((column, place) => {
      const name = { role: column.isHead ? "rowheader" : "gridcell", "data-column": place, tabindex: "-1" };
      const cell = el(column.isHead ? "th" : "td", { ...name, class: column.isHead ? "named" : null });
      column.cell(cell, row);
      return cell;
    });
    const line = el(
      "tr",
      { "aria-rowindex": index + 2, "data-row": index, class: this.options.rowClass?.(row) },
      cells,
    );
    line.style.height = `${this.options.height}px`;
    return line;
  }

  cellAt() {
    const line = this.at.row < 0 ? this.head.firstChild : this.drawn.get(this.at.row);
    return line?.children[this.at.column];
  }

  mark() {
    this.table.querySelectorAll("[tabindex='0']").forEach((cell) => cell.setAttribute("tabindex", "-1"));
    this.cellAt()?.setAttribute("tabindex", "0");
    this.scroller.setAttribute("tabindex", this.cellAt() ? "-1" : "0"); // the focused row may be out of view
  }

  /** Put the focus on a cell, and scroll to it. */
  focus(row = this.at.row, column = this.at.column) {
    const clamp = (value, low, high) => Math.max(low, Math.min(high, value));
    this.at = { row: clamp(row, -1, this.rows.length - 1), column: clamp(column, 0, this.columns.length - 1) };
    this.reveal();
    this.mark();
    const cell = this.cellAt();
    cell?.focus({ preventScroll: true });
    cell?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  reveal() {
    const { height } = this.options;
    const top = this.at.row * height;
    const room = this.scroller.clientHeight - this.head.offsetHeight;
    if (this.at.row < 0) return;
    if (top < this.scroller.scrollTop) this.scroller.scrollTop = top;
    else if (top + height > this.scroller.scrollTop + room) this.scroller.scrollTop = top + height - room;
    this.draw();
  }

  key(event) {
    const page = Math.max(1, Math.floor(this.scroller.clientHeight / this.options.height) - 2);
    const { row, column } = this.at;
    const moves = {
      ArrowUp: [row - 1, column],
      ArrowDown: [row + 1, column],
      ArrowLeft: [row, column - 1],
      ArrowRight: [row, column + 1],
      PageUp: [Math.max(0, row - page), column],
      PageDown: [row + page, column],
      Home: [event.ctrlKey ? 0 : row, 0],
      End: [event.ctrlKey ? this.rows.length - 1 : row, this.columns.length - 1],
    };
    if (event.altKey || event.metaKey || (event.ctrlKey && !["Home", "End"].includes(event.key))) return;
    if (Object.hasOwn(moves, event.key)) {
      event.preventDefault();
      this.focus(...moves[event.key]);
      this.options.moved?.(this.rows[this.at.row], this.columns[this.at.column]);
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      this.choose();
    } else {
      this.options.key?.(event, this.rows[row], this.columns[column]);
    }
  }

  click(event) {
    const cell = event.target.closest("[data-column]");
    if (!cell || event.target.closest("a, button")) return;
    const row = Number(cell.parentElement.dataset.row ?? -1);
    this.focus(row, Number(cell.dataset.column));
    this.choose();
  }

  choose() {
    const column = this.columns[this.at.column];
    if (this.at.row < 0) {
      if (column.canSort) this.options.sort?.(column);
    } else if (this.rows.length) {
      this.options.open?.(this.rows[this.at.row], column);
    }
  }
}
