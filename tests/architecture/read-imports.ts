import { parseSync } from "oxc-parser";

export interface Import {
  /** As written. */
  readonly specifier: string;
  /** Erased by the compiler: loads nothing. */
  readonly typeOnly: boolean;
  /** `import()`: loads when reached, not at start. */
  readonly dynamic: boolean;
}

/** All imports and re-exports of a TypeScript source. */
export function readImports(fileName: string, source: string): Import[] {
  const { module, errors } = parseSync(fileName, source);
  if (errors.length > 0) throw new Error(`${fileName}: ${errors[0]?.message}`);
  const found: Import[] = [];
  for (const item of module.staticImports) {
    const typeOnly = item.entries.length > 0 && item.entries.every((entry) => entry.isType);
    found.push({ specifier: item.moduleRequest.value, typeOnly, dynamic: false });
  }
  for (const item of module.staticExports) {
    for (const entry of item.entries) {
      if (entry.moduleRequest === null) continue;
      found.push({ specifier: entry.moduleRequest.value, typeOnly: entry.isType, dynamic: false });
    }
  }
  for (const item of module.dynamicImports) {
    const text = source.slice(item.moduleRequest.start, item.moduleRequest.end);
    const isWritten = /^["'`]/.test(text);
    const specifier = isWritten ? text.replaceAll(/^.|.$/g, "") : "of a name made at run time";
    found.push({ specifier, typeOnly: false, dynamic: true });
  }
  return found;
}
