// @ts-check
import { told } from "./result.mjs";
/** @import { Result } from "./result.mjs" */

/**
 * @param {readonly string[]} head
 * @param {readonly (readonly string[])[]} rows
 */
function table(head, rows) {
  const lines = [head, head.map(() => "---"), ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** @param {Result} result */
export function resultTable({ contenders, unit }) {
  // Of servers nobody has counted them.
  const hasCounts = contenders.some(({ medians }) => medians?.["requests"] !== undefined);
  const head = [
    "tool",
    `CPU, ${unit.cpu} per ${unit.name}`,
    "wall, s (least)",
    "peak RSS, MiB",
    ...(hasCounts ? ["requests", "connections"] : []),
    "checks",
  ];
  const rows = contenders.map(({ name, version, integrity, failure, medians, isFloor }) => {
    const tool = isFloor || version === "" ? name : `${name} ${version}`;
    const none = hasCounts ? ["", "", "", ""] : ["", ""];
    if (medians === undefined) return [tool, `failed: ${failure}`, ...none, integrity];
    const { cpuPerUnit, wallS, minWallS, rssMiB, requests, connections, units = 1 } = medians;
    const wall = `${told(wallS)} (${told(minWallS)})${units === most(contenders) ? "" : " *"}`;
    const counts = hasCounts ? [told(requests), told(connections)] : [];
    return [tool, told(cpuPerUnit), wall, told(rssMiB), ...counts, integrity];
  });
  const fewer = rows.some((row) => row[2]?.endsWith("*") === true);
  return table(head, rows) + (fewer ? "\n\n\\* for fewer units: see above." : "");
}

/** @param {Result["contenders"]} contenders */
function most(contenders) {
  return Math.max(...contenders.map(({ medians }) => medians?.["units"] ?? 0));
}

/** @param {Result["bars"][number]} bar */
function verdict({ met }) {
  return met === undefined ? "unknown" : met ? "met" : "**missed**";
}

/** @param {Result} result */
export function barLines({ bars }) {
  return bars
    .map((bar) => {
      const limit = `${bar.is === "most" ? "at most" : "at least"} ${told(bar.limit)}`;
      return `- ${bar.text}: ${told(bar.value) || "not told"}; ${limit}: ${verdict(bar)}`;
    })
    .join("\n");
}

/** @param {readonly Result[]} results */
export function summaryTable(results) {
  const rows = results.flatMap(({ id, title, bars }) =>
    bars.map((bar) => [
      `[${id}](#${anchor(`${id}: ${title}`)})`,
      bar.text,
      `${bar.is === "most" ? "≤" : "≥"} ${told(bar.limit)}`,
      told(bar.value),
      verdict(bar),
    ]),
  );
  return table(["workload", "bar", "limit", "measured", ""], rows);
}

/** @param {string} heading as GitHub makes an anchor of it */
function anchor(heading) {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
}

/** @param {readonly Result[]} results */
export function floorLines(results) {
  const rows = results.flatMap(({ id, contenders, unit }) =>
    contenders
      .filter(({ isFloor }) => isFloor)
      .map(({ name, medians }) => [
        id,
        name.replace(" (floor)", ""),
        `${told(medians?.["cpuPerUnit"])} ${unit.cpu} per ${unit.name}`,
        `${told(medians?.["wallPerUnit"])} ${unit.cpu} per ${unit.name}`,
      ]),
  );
  return table(["workload", "", "CPU", "wall"], rows);
}
