import { type ExecFileException, execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { root } from "../architecture/sources.ts";

/** Beside node_modules/, so that the package's name leads to what was built. */
const programFolders = join(root, ".cache", "snippets");

/** Compiles programs as a project that uses the package does, in a folder of that name; what the compiler says. */
export async function compilePrograms(
  programs: ReadonlyMap<string, string>,
  folderName: string,
): Promise<string> {
  const programFolder = join(programFolders, folderName);
  await rm(programFolder, { recursive: true, force: true });
  await mkdir(programFolder, { recursive: true });
  for (const [name, text] of programs) {
    const file = join(programFolder, `${name}.ts`);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  const compilerOptions = {
    strict: true,
    target: "es2022",
    lib: ["es2023", "esnext.disposable"],
    types: ["node"],
    module: "nodenext",
    skipLibCheck: true,
    outDir: "built",
    rootDir: ".",
    rewriteRelativeImportExtensions: true,
  };
  await writeFile(join(programFolder, "tsconfig.json"), JSON.stringify({ compilerOptions }));
  const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
  const { output } = await run(process.execPath, [compiler, "-p", programFolder], { cwd: root });
  return output;
}

/** What a page finds. */
export interface PageWorld {
  /** Local files, by their path below the working folder. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  readonly environment: Readonly<Record<string, string>>;
}

export interface PageRun {
  readonly exitCode: number;
  /** Standard output, then standard error. */
  readonly output: string;
  readonly errors: string;
}

/** Runs a compiled program in a folder of its own, with the command `sms-storage` at hand. */
export async function runPage(name: string, world: PageWorld): Promise<PageRun> {
  const folder = await mkdtemp(join(tmpdir(), "sms-page-"));
  try {
    for (const [path, contents] of Object.entries(world.files ?? {})) {
      await mkdir(dirname(join(folder, "work", path)), { recursive: true });
      await writeFile(join(folder, "work", path), contents);
    }
    await mkdir(join(folder, "work"), { recursive: true });
    await mkdir(join(folder, "bin"));
    const command = join(root, "dist", "cli", "main.js");
    const shim = `#!/bin/sh\nexec "${process.execPath}" "${command}" "$@"\n`;
    await writeFile(join(folder, "bin", "sms-storage"), shim, { mode: 0o755 });
    return await run(process.execPath, [join(programFolders, "pages", "built", `${name}.js`)], {
      cwd: join(folder, "work"),
      env: {
        ...world.environment,
        HOME: folder,
        PATH: [join(folder, "bin"), process.env["PATH"] ?? ""].join(delimiter),
      },
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function run(
  program: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Promise<PageRun> {
  return new Promise((resolve) => {
    const done = (error: ExecFileException | null, stdout: string, stderr: string) =>
      resolve({ exitCode: Number(error?.code ?? 0), output: stdout, errors: stderr });
    execFile(program, args, { ...options, timeout: 60_000 }, done);
  });
}
