"use strict";
// The table of the sweep stands in the page. Level i of the first slider and j of the second are at i * n + j.
const { sliders, measures } = JSON.parse(document.getElementById("sweep").textContent);
const inputs = [...document.querySelectorAll(".sliders input")];
const across = sliders[0], lines = sliders[1] ? sliders[1].levels.length : 1;
const MARGIN = { left: 44, right: 14, top: 12, bottom: 22 };

function drawn(name, attributes, text) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

function steps(top) { // at most five round numbers from 0 up
  const rough = top / 4, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((its) => its * power).find((its) => its >= rough);
  return Array.from({ length: Math.ceil(top / step - 1e-9) + 1 }, (_, k) => k * step);
}

function chart(svg, measure, i, j) {
  const width = svg.clientWidth, height = svg.clientHeight;
  const low = Math.min(0, ...measure.low.filter((its) => its !== null), ...measure.mean.filter((its) => its !== null));
  const ticks = steps(measure.top || Math.max(...measure.high, ...measure.mean) || 1), top = ticks.at(-1);
  const least = Math.min(...across.positions), span = Math.max(...across.positions) - least || 1;
  const room = width - MARGIN.left - MARGIN.right;
  const x = (k) => MARGIN.left + room * (across.words ? (k + 0.5) / across.levels.length : (across.positions[k] - least) / span);
  const y = (value) => height - MARGIN.bottom - (height - MARGIN.top - MARGIN.bottom) * (value - low) / (top - low);
  const parts = [];
  for (const tick of ticks) {
    parts.push(drawn("line", { class: "grid", x1: MARGIN.left, x2: width - MARGIN.right, y1: y(tick), y2: y(tick) }));
    parts.push(drawn("text", { x: MARGIN.left - 6, y: y(tick) + 4, "text-anchor": "end" }, +tick.toPrecision(6)));
  }
  let free = -Infinity; // texts of the axis that would touch are left out
  across.levels.forEach((level, k) => {
    const half = level.length * 3.6 + 4;
    if (x(k) - half < free) return;
    free = x(k) + half;
    parts.push(drawn("text", { x: x(k), y: height - MARGIN.bottom + 16, "text-anchor": "middle" }, level));
  });
  const all = across.levels.map((_, k) => k);
  const known = (line) => all.filter((k) => measure.mean[k * lines + line] !== null);
  const path = (line, side) => known(line).map((k) => `${x(k)},${y(measure[side][k * lines + line])}`);
  const bounded = known(j).filter((k) => measure.low[k * lines + j] !== null && measure.high[k * lines + j] !== null);
  const edge = (side) => bounded.map((k) => `${x(k)},${y(measure[side][k * lines + j])}`);
  if (across.words) {
    for (const k of known(j)) parts.push(drawn("circle", { class: "dot", cx: x(k), cy: y(measure.mean[k * lines + j]), r: 3.5 }));
    for (const k of bounded) parts.push(drawn("line", { class: "chosen", x1: x(k), x2: x(k), y1: y(measure.low[k * lines + j]), y2: y(measure.high[k * lines + j]) }));
  } else {
    for (let line = 0; line < lines; line++) if (line !== j) parts.push(drawn("polyline", { class: "other", points: path(line, "mean").join(" ") }));
    parts.push(drawn("polygon", { class: "band", points: [...edge("low"), ...edge("high").reverse()].join(" ") }));
    parts.push(drawn("polyline", { class: "chosen", points: path(j, "mean").join(" ") }));
  }
  const here = i * lines + j;
  if (measure.low[here] !== null && measure.high[here] !== null) {
    parts.push(drawn("line", { class: "ends", x1: x(i), x2: x(i), y1: y(measure.low[here]), y2: y(measure.high[here]) }));
  }
  if (measure.mean[here] !== null) parts.push(drawn("circle", { class: "here", cx: x(i), cy: y(measure.mean[here]), r: 5 }));
  svg.replaceChildren(...parts);
  svg.setAttribute("aria-label", `${measure.label} (${measure.unit}) along ${across.label}; here ${measure.values[here]}`);
}

function show() {
  const [i, j = 0] = inputs.map((input) => +input.value);
  inputs.forEach((input, k) => {
    input.previousElementSibling.textContent = sliders[k].levels[input.value];
    input.setAttribute("aria-valuetext", sliders[k].levels[input.value]);
  });
  document.querySelectorAll(".measure").forEach((section, k) => {
    const measure = measures[k], here = i * lines + j;
    section.querySelector(".value").textContent = measure.values[here];
    section.querySelector(".more").textContent = measure.ends[here] || "no interval: all runs are equal, or none has it";
    chart(section.querySelector("svg"), measure, i, j);
  });
}

inputs.forEach((input) => input.addEventListener("input", show));
addEventListener("resize", show);
show();
