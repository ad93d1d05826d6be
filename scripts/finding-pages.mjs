// @ts-check
// Writes docs/findings/ anew from the built data: a page for each finding. Build first.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";

// @ts-ignore: it is there after a build
const { findingIndex, findingPages } = await import("../dist/checks/pages/finding-pages.js");
const folder = new URL("../docs/findings/", import.meta.url);

mkdirSync(folder, { recursive: true });
for (const name of readdirSync(folder)) rmSync(new URL(name, folder));
for (const [id, text] of findingPages()) writeFileSync(new URL(`${id}.md`, folder), text);
writeFileSync(new URL("README.md", folder), findingIndex());
