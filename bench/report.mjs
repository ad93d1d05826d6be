// @ts-check
// Makes docs/performance.md, with a plot of each workload, of what bench/run.mjs has left in bench/results/.
//
//   node bench/report.mjs
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../scripts/prepare.mjs";
import { performanceDocument } from "./report/document.mjs";
import { plot } from "./report/plot.mjs";
import { readResults } from "./report/read-results.mjs";

const results = readResults();
const plots = join(root, "docs/performance");
rmSync(plots, { recursive: true, force: true });
mkdirSync(plots, { recursive: true });
for (const result of results) writeFileSync(join(plots, `${result.id}.svg`), plot(result));
const introduction = readFileSync(join(root, "bench/report/introduction.md"), "utf8");
writeFileSync(join(root, "docs/performance.md"), performanceDocument(results, introduction));
