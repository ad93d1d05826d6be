#!/usr/bin/env node
import { join } from "node:path";
import { codeCacheFolder } from "./code-cache-folder.ts";
import { runCompiled } from "./run-compiled.ts";

// `command-process.ts` with all that it imports, in one file: scripts/bundle-command.mjs.
const bundle = join(import.meta.dirname, "command.bundle.js");
runCompiled(bundle, codeCacheFolder(process.env), process.argv.slice(2), {
  onServer: () => {
    void import("./tune-server.ts").then(({ tuneServer }) => tuneServer());
  },
});
