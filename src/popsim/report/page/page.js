"use strict";
(function () {
  const root = document.documentElement;
  const data = JSON.parse(document.getElementById("data").textContent);
  const by = (id) => document.getElementById(id);

  function speak(lang) {
    root.dataset.lang = lang;
    root.lang = lang === "zh" ? "zh-CN" : "en";
    for (const option of document.querySelectorAll("option[data-zh]")) {
      option.textContent = option.dataset[lang];
    }
    const heading = document.querySelector("h1 [lang=" + lang + "]");
    document.title = heading ? heading.textContent : document.title;
  }
  by("lang").addEventListener("click", () => speak(root.dataset.lang === "zh" ? "en" : "zh"));
  const folded = document.querySelectorAll("details");
  window.addEventListener("beforeprint", () => {
    for (const part of folded) { part.dataset.was = part.open ? "open" : ""; part.open = true; }
  });
  window.addEventListener("afterprint", () => {
    for (const part of folded) part.open = part.dataset.was === "open";
  });
  by("print").addEventListener("click", () => window.print());

  const pyramid = document.querySelector("svg.pyramid");
  if (pyramid && data.pyramid) {
    const middle = Number(pyramid.dataset.middle);
    const half = Number(pyramid.dataset.half);
    const reach = Number(pyramid.dataset.reach);
    const bars = pyramid.querySelectorAll("rect[data-sex]");
    const draw = () => {
      const year = Number(by("pyramid-year").value);
      const stock = data.pyramid[by("pyramid-scenario").value][data.years.indexOf(year)];
      by("pyramid-shown").textContent = String(year);
      if (!stock) return;
      for (const bar of bars) {
        const size = (stock[bar.dataset.sex][bar.dataset.group] / reach) * half;
        bar.setAttribute("width", size.toFixed(1));
        bar.setAttribute("x", (bar.dataset.sex === "0" ? middle : middle - size).toFixed(1));
      }
    };
    by("pyramid-year").addEventListener("input", draw);
    by("pyramid-scenario").addEventListener("change", draw);
  }

  const table = by("county-table");
  if (table && data.counties) {
    const fill = () => {
      const rows = data.counties[by("county-scenario").value][by("county-year").value];
      for (const row of table.tBodies[0].rows) {
        const cells = rows[row.dataset.key] || [];
        row.hidden = !cells.some((text) => text !== "");
        cells.forEach((text, i) => { row.cells[i + 1].textContent = text; });
      }
    };
    by("county-scenario").addEventListener("change", fill);
    by("county-year").addEventListener("change", fill);
  }
  root.dataset.ready = "yes";
})();
