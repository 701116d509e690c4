"use strict";
// Sorts a table by the column whose heading is clicked; numbers start with the largest.
for (const table of document.querySelectorAll("table.sortable")) {
  const headings = [...table.querySelectorAll("th")];
  headings.forEach((heading, column) => heading.querySelector("button").addEventListener("click", () => {
    const rows = [...table.tBodies[0].rows];
    const numeric = rows.length > 0 && rows[0].cells[column].hasAttribute("data-value");
    const before = heading.getAttribute("aria-sort");
    const ascending = before ? before === "descending" : !numeric;
    headings.forEach(other => other.removeAttribute("aria-sort"));
    heading.setAttribute("aria-sort", ascending ? "ascending" : "descending");
    const sign = ascending ? 1 : -1;
    const key = row => row.cells[column];
    rows.sort((a, b) => sign * (numeric
      ? Number(key(a).dataset.value) - Number(key(b).dataset.value)
      : key(a).textContent.localeCompare(key(b).textContent)));
    table.tBodies[0].append(...rows);
  }));
}
// Shows the rows whose first cell holds what is typed.
for (const filter of document.querySelectorAll(".filter")) {
  const rows = filter.parentElement.querySelector("tbody").rows;
  filter.addEventListener("input", () => {
    const wanted = filter.value.trim().toLowerCase();
    for (const row of rows) {
      row.hidden = !row.cells[0].textContent.toLowerCase().includes(wanted);
    }
  });
}
// Reads the values nearest to the pointer off a chart.
for (const figure of document.querySelectorAll("figure.chart")) {
  const svg = figure.querySelector("svg");
  const lines = [...svg.querySelectorAll("[data-points]")].map(group => ({
    name: group.dataset.name,
    colour: [...group.classList].find(name => /^c\d$/.test(name)),
    points: group.dataset.points.split(" ").filter(Boolean).map(point => point.split(",")),
  })).filter(line => line.points.length > 0);
  const cursor = document.createElementNS("http://www.w3.org/2000/svg", "line");
  cursor.setAttribute("class", "cursor");
  cursor.setAttribute("y1", 0);
  cursor.setAttribute("y2", svg.viewBox.baseVal.height);
  const tip = document.createElement("div");
  tip.className = "tip";
  const row = (text, className) => {
    const div = document.createElement("div");
    div.className = className;
    div.textContent = text;
    tip.append(div);
  };
  svg.addEventListener("pointermove", event => {
    const box = svg.getBoundingClientRect();
    const scale = svg.viewBox.baseVal.width / box.width;
    const x = (event.clientX - box.left) * scale;
    const nearest = lines.map(line => line.points.reduce((a, b) => Math.abs(b[0] - x) < Math.abs(a[0] - x) ? b : a));
    if (nearest.length === 0) {
      return;
    }
    const at = nearest.reduce((a, b) => Math.abs(b[0] - x) < Math.abs(a[0] - x) ? b : a);
    tip.replaceChildren();
    row(svg.dataset.axis + " " + at[2], "note");
    nearest.forEach((point, i) => row((lines[i].name ? lines[i].name + " " : "") + point[3], "key " + lines[i].colour));
    cursor.setAttribute("x1", at[0]);
    cursor.setAttribute("x2", at[0]);
    svg.append(cursor);
    figure.append(tip);
    const left = at[0] / scale + box.left - figure.getBoundingClientRect().left;
    tip.style.left = left + tip.offsetWidth + 24 > figure.clientWidth ? left - tip.offsetWidth - 12 + "px" : left + 12 + "px";
  });
  svg.addEventListener("pointerleave", () => {
    cursor.remove();
    tip.remove();
  });
}
