"use strict";
// The picture of a paper's page with the lines of a sentence marked.

const Pictures = (() => {
  const panel = document.getElementById("panel");
  let isReading = true; // in its own size, and not fitted to the panel

  function of(paper, sentence) {
    const boxes = sentence.boxes.map((box) => named("boxes", box));
    const pages = [...new Set(boxes.map((box) => box.page))];
    const sheets = (pages.length ? pages : [sentence.page]).map((number) =>
      sheet(
        paper,
        number,
        boxes.filter((box) => box.page === number),
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
    const place = placeOf(paper, number);
    const picture = el("img", {
      src: `pages/${paper.paper}/${number}.webp`,
      loading: "lazy",
      alt: `Page ${place.page} of ${place.file}`,
    });
    const page = el("div", { class: "sheet", "data-page": number }, picture);
    page.style.setProperty("--width", `${1.5 * width}px`); // the size in which the picture was drawn
    page.style.aspectRatio = `${width} / ${height}`;
    picture.addEventListener("error", () => {
      page.replaceWith(
        el(
          "p",
          { class: "empty" },
          `There is no picture of page ${place.page} beside this report; the link above opens it in the PDF.`,
        ),
      );
    });
    if (paper.sizes?.[number]) {
      for (const { left, bottom, right, top } of boxes) {
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

  /** Scroll the first mark to the middle of its frame, with the marks below it in its column as far as they fit. */
  function centre() {
    const frame = panel.querySelector(".frame");
    const marks = [...(frame?.querySelectorAll(".sheet:first-child .marked") ?? [])];
    if (!marks.length) return;
    const [area, first, ...others] = [frame, ...marks].map((part) => part.getBoundingClientRect());
    const isWithin = ({ left, bottom }) => left < first.right && bottom > first.top && bottom - first.top < area.height;
    const shown = [first, ...others.filter(isWithin)];
    const left = Math.min(...shown.map((mark) => mark.left));
    const bottom = Math.max(...shown.map((mark) => mark.bottom));
    frame.scrollLeft += left - area.left - Math.max(12, (area.width - first.width) / 2);
    frame.scrollTop += (first.top + bottom) / 2 - area.top - area.height / 2;
  }

  return { of, centre };
})();
