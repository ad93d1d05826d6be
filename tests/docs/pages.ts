import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { TestServerOptions } from "../../src/testing/start-test-server.ts";
import { root } from "../architecture/sources.ts";

/** What a page of the documents expects to be there when its code is run. */
export interface PageNeeds {
  /** Local files, by path. */
  readonly files?: Readonly<Record<string, string>>;
  /** Objects of the bucket, by key. */
  readonly objects?: Readonly<Record<string, string>>;
  /** Whether the bucket keeps versions. Default false. */
  readonly versioned?: boolean;
  readonly server?: TestServerOptions;
  /** Languages whose blocks are run. Default: `ranLanguages`. */
  readonly languages?: readonly string[];
}

const table = "time\tmass\n0\t1.00\n10\t1.02\n";
const analyses = "vecoli-output/exp-1/exp-1/analyses";

const needs: Readonly<Record<string, PageNeeds>> = {
  "README.md": { files: { "local-file.txt": "x" }, languages: ["ts"] },
  "docs/guides/keep-results.md": {
    files: { "out/exp-1/a.tsv": table, "out/exp-1/b.tsv": table, "out/exp-1/c.tmp": "x" },
  },
  "docs/guides/fetch-analyses.md": {
    objects: {
      [`${analyses}/variant=0/mass.tsv`]: table,
      [`${analyses}/variant=1/mass.tsv`]: table,
      [`${analyses}/variant=1/plot.svg`]: "<svg/>",
      [`${analyses}/summary.json`]: `{ "cells": 12 }\n`,
      "vecoli-output/exp-1/exp-1/nextflow/workflow_config.json": `{ "generations": 3 }`,
    },
  },
  "docs/guides/stream-archive.md": {
    objects: { "exp-1/analyses/mass.tsv": table, "exp-1/analyses/summary.json": "{}" },
  },
  "docs/guides/sign-links.md": { objects: { "exp-1/report.html": "<h1>Report</h1>" } },
  "docs/guides/sync-directory.md": {
    files: { "results/a.tsv": table, "results/b.tsv": table },
  },
  "docs/guides/restore.md": { versioned: true },
  "docs/guides/on-qumulo.md": { server: { personality: "qumulo" } },
  "docs/guides/off-kms.md": {},
  "docs/setup.md": { languages: ["ts"] },
  "docs/wrappers.md": {},
  "docs/migrate/from-python.md": {
    files: { "local-file.txt": "x", "results/a.tsv": table },
  },
  "docs/migrate/from-boto3.md": { files: { "local.bin": "0123456789" } },
};

/** Languages whose blocks are run where a page says nothing else. */
export const ranLanguages: readonly string[] = ["ts", "js", "mjs", "sh"];

const folders = ["docs/guides", "docs/migrate"];

/** Pages whose code is run, by their path in the repository: all guides, and those that have needs. */
export const pages: Readonly<Record<string, PageNeeds>> = {
  ...Object.fromEntries(folders.flatMap(pagesOf).map((path) => [path, {}])),
  ...needs,
};

function pagesOf(folder: string): readonly string[] {
  const names = readdirSync(join(root, folder)).filter((name) => name.endsWith(".md"));
  return names.map((name) => `${folder}/${name}`);
}
