// @ts-check
import { told } from "./result.mjs";
/** @import { Result, Side } from "./result.mjs" */

const rowHeight = 24;
const barHeight = 14;
const left = 170;
const panelWidth = 230;
const gap = 70;
const top = 58;
const colors = { own: "#1d5fd1", rival: "#9aa7b8", floor: "#d8dde4" };

/**
 * Bars of CPU and of wall time per unit, of every tool that came through; ours in another colour.
 * @param {Result} result
 * @returns {string} SVG
 */
export function plot({ id, title, unit, contenders }) {
  const sides = contenders
    .filter(({ medians }) => medians !== undefined)
    .toSorted((one, other) => value(one, "cpuPerUnit") - value(other, "cpuPerUnit"));
  const height = top + sides.length * rowHeight + 16;
  const width = left + 2 * panelWidth + gap + 90;
  const of = `${unit.cpu} per ${unit.name}`;
  const panels = [
    panel(sides, { metric: "cpuPerUnit", label: `CPU, ${of}`, x: left }),
    panel(sides, { metric: "wallPerUnit", label: `wall, ${of}`, x: left + panelWidth + gap }),
  ];
  const names = sides.map(
    ({ name }, index) =>
      `<text x="${left - 8}" y="${middle(index)}" text-anchor="end" class="name">${escape(name)}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escape(`${id}: ${title}`)}">
<style>
  text { font: 12px system-ui, sans-serif; fill: #1f2937; dominant-baseline: middle; }
  .title { font-weight: 600; font-size: 14px; }
  .label { fill: #55606e; }
</style>
<rect width="${width}" height="${height}" rx="6" fill="#ffffff"/>
<text x="16" y="20" class="title">${escape(`${id}: ${title}`)}</text>
${[...names, ...panels].join("\n")}
</svg>
`;
}

/**
 * @param {readonly Side[]} sides
 * @param {{ metric: string, label: string, x: number }} what
 */
function panel(sides, { metric, label, x }) {
  const largest = Math.max(...sides.map((side) => value(side, metric)));
  const bars = sides.map((side, index) => {
    const length = Math.max(1, (value(side, metric) / largest) * panelWidth);
    const color = side.isFloor
      ? colors.floor
      : side.name.startsWith("sms-storage")
        ? colors.own
        : colors.rival;
    const y = middle(index);
    return (
      `<rect x="${x}" y="${y - barHeight / 2}" width="${length.toFixed(1)}" height="${barHeight}" rx="2" fill="${color}"/>` +
      `<text x="${(x + length + 6).toFixed(1)}" y="${y}">${told(value(side, metric))}</text>`
    );
  });
  return `<text x="${x}" y="42" class="label">${escape(label)}</text>\n${bars.join("\n")}`;
}

/** @param {number} index */
function middle(index) {
  return top + index * rowHeight + rowHeight / 2;
}

/**
 * @param {Side} side
 * @param {string} metric
 */
function value({ medians }, metric) {
  return medians?.[metric] ?? 0;
}

/** @param {string} text */
function escape(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
