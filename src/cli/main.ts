#!/usr/bin/env node
import { fileURLToPath } from "node:url";
import { codeCacheFolder } from "./code-cache-folder.ts";
import { runCompiled } from "./run-compiled.ts";

// `command-process.ts` with all that it imports, in one file: scripts/bundle-command.mjs.
const bundle = fileURLToPath(new URL("command.bundle.js", import.meta.url));
runCompiled(bundle, codeCacheFolder(process.env));
