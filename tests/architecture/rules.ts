import { posix } from "node:path";
import { readImports } from "./read-imports.ts";

interface FolderRule {
  /** Other folders of src/ that it may import. */
  readonly folders: readonly string[];
  /** npm packages, `scope/*` included. `node:` is free for all but core. */
  readonly packages?: readonly string[];
}

/** Who may import whom. ARCHITECTURE.md gives the reasons. */
export const folderRules: Readonly<Record<string, FolderRule>> = {
  core: { folders: [] },
  disk: { folders: [] },
  protocol: { folders: ["core"] },
  policy: { folders: ["core"] },
  settings: { folders: ["core", "disk"] },
  shapes: { folders: ["core"], packages: ["yaml"] },
  client: { folders: ["core", "protocol"] },
  engine: { folders: ["core", "disk", "protocol"], packages: ["lmdb"] },
  // protocol: its table from wire codes to ours, which is kept in one place.
  aws: { folders: ["core", "disk", "protocol"], packages: ["@aws-sdk/*"] },
  transfer: { folders: ["core", "disk"], packages: ["mime", "yauzl"] },
  files: { folders: ["core", "transfer"] },
  probes: { folders: ["core"] },
  wrappers: { folders: ["core", "disk"] },
  setup: { folders: ["core", "policy", "probes", "shapes"] },
  checks: { folders: ["core", "policy", "probes"] },
  server: { folders: ["core", "disk", "protocol", "policy", "shapes", "engine"] },
  open: {
    folders: [
      "core",
      "disk",
      "settings",
      "client",
      "aws",
      "transfer",
      "files",
      "setup",
      "checks",
      "probes",
      "engine",
      "server",
    ],
  },
  api: { folders: ["core", "transfer", "files", "setup", "checks", "policy", "open"] },
  console: { folders: ["api"] },
  testing: {
    folders: [
      "core",
      "disk",
      "protocol",
      "engine",
      "server",
      "client",
      "transfer",
      "files",
      "wrappers",
    ],
  },
  cli: {
    folders: [
      "core",
      "disk",
      "protocol",
      "policy",
      "settings",
      "client",
      "engine",
      "aws",
      "transfer",
      "files",
      "probes",
      "setup",
      "checks",
      "server",
      "open",
      "entries",
      "api",
    ],
    // Names made at run time: run-compiled.ts imports for the bundle of what this folder imports itself.
    packages: ["commander", "of a name made at run time"],
  },
  entries: {
    folders: [
      "core",
      "protocol",
      "policy",
      "settings",
      "client",
      "transfer",
      "setup",
      "checks",
      "server",
      "open",
    ],
  },
  // The entry point src/index.ts.
  ".": { folders: ["core", "settings", "open", "transfer", "files", "wrappers"] },
};

/** One sentence for each import that breaks a rule. `sources`: path under src/ -> text. */
export function findViolations(sources: ReadonlyMap<string, string>): string[] {
  const violations: string[] = [];
  for (const [path, text] of sources) {
    const folder = folderOf(path);
    const rule = folderRules[folder];
    if (rule === undefined) {
      violations.push(`${path}: the folder ${folder} has no rule`);
      continue;
    }
    for (const { specifier } of readImports(path, text)) {
      const problem = judge(path, folder, rule, specifier);
      if (problem !== undefined) violations.push(`${path}: ${problem}`);
    }
  }
  return violations;
}

function judge(path: string, folder: string, rule: FolderRule, specifier: string) {
  if (specifier.startsWith("node:")) {
    return folder === "core" ? `core imports ${specifier}` : undefined;
  }
  if (!specifier.startsWith(".")) {
    const allowed = (rule.packages ?? []).some((name) => matchesPackage(name, specifier));
    return allowed ? undefined : `${folder} may not import the package ${specifier}`;
  }
  const target = folderOf(posix.join(posix.dirname(path), specifier));
  if (target === folder || rule.folders.includes(target)) return undefined;
  return `${folder} may not import ${target} (${specifier})`;
}

function matchesPackage(allowed: string, specifier: string): boolean {
  if (allowed.endsWith("/*")) return specifier.startsWith(allowed.slice(0, -1));
  return specifier === allowed || specifier.startsWith(`${allowed}/`);
}

/** `server/sts/x.ts` -> `server`; `index.ts` -> `.`. */
function folderOf(path: string): string {
  const slash = path.indexOf("/");
  return slash === -1 ? "." : path.slice(0, slash);
}

/** What a mere `import` of an entry loads, through all static imports. */
interface Loaded {
  readonly packages: ReadonlySet<string>;
  /** Modules of Node, without `node:`. */
  readonly builtins: ReadonlySet<string>;
  /** Of src/. */
  readonly modules: ReadonlySet<string>;
  /** Of src/. */
  readonly folders: ReadonlySet<string>;
}

export function loadedBy(entry: string, sources: ReadonlyMap<string, string>): Loaded {
  const packages = new Set<string>();
  const builtins = new Set<string>();
  const seen = new Set<string>();
  const queue = [entry];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    const text = sources.get(path);
    if (text === undefined) throw new Error(`no source for ${path}`);
    for (const { specifier, typeOnly, dynamic } of readImports(path, text)) {
      if (typeOnly || dynamic) continue;
      if (specifier.startsWith("node:")) builtins.add(specifier.slice("node:".length));
      else if (specifier.startsWith(".")) queue.push(posix.join(posix.dirname(path), specifier));
      else packages.add(specifier);
    }
  }
  return { packages, builtins, modules: seen, folders: new Set([...seen].map(folderOf)) };
}
