// @ts-check
import { barLines, floorLines, resultTable, summaryTable } from "./tables.mjs";
/** @import { Result } from "./result.mjs" */

/**
 * @param {readonly Result[]} results
 * @param {string} introduction
 * @returns {string} Markdown; its plots are `performance/ID.svg` beside it
 */
export function performanceDocument(results, introduction) {
  const parts = [
    introduction.trim(),
    `## Machine\n\n${machines(results)}`,
    `## The bars\n\n${summaryTable(results)}`,
    `## What the machine itself can do\n\n${floorLines(results)}`,
    ...results.map(section),
  ];
  return `${parts.join("\n\n")}\n`;
}

/** @param {readonly Result[]} results */
function machines(results) {
  const lines = results.map(({ machine: one }) => {
    const { cores, cpu, memoryGiB, system, node, filesIn } = one;
    return `- ${cores} cores (${cpu}), ${memoryGiB} GiB, ${system}, Node ${node}; files in ${filesIn}`;
  });
  return [...new Set(lines)].join("\n");
}

/** @param {Result} result */
function section(result) {
  const { id, title, what, server, rounds, scale, date } = result;
  const kind = { null: "null", "null-tls": "null, TLS", embedded: "embedded" }[server] ?? server;
  const facts = `${what}. Server: ${kind}. Scale ${scale}, ${rounds} counted rounds, ${date}.`;
  return [
    `## ${id}: ${title}`,
    facts,
    `![${id}: CPU and wall time of each tool](performance/${id}.svg)`,
    resultTable(result),
    ...(result.bars.length > 0 ? [barLines(result)] : []),
  ].join("\n\n");
}
