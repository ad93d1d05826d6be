import { randomBytes } from "node:crypto";
import { afterEach } from "vitest";
import type { Engine } from "../../engine/engine.ts";
import { openEngine } from "../../engine/open-engine.ts";
import { declareIdentities } from "../identities/declare-identities.ts";
import type { IdentitiesFile } from "../identities/identities-file.ts";
import { applyDeclaration } from "../iam/apply-declaration.ts";
import { IamDirectory } from "../iam/iam-directory.ts";

const open: Engine[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((engine) => engine.close()));
});

/** An empty directory on an engine in memory, closed after the test. */
export async function openDirectory(): Promise<IamDirectory> {
  const engine = await openEngine({ durability: "memory" });
  open.push(engine);
  return new IamDirectory(engine, randomBytes);
}

/** One that holds what an identities file says. */
export async function directoryOf(
  file: IdentitiesFile,
  options: { readonly partition: string },
): Promise<IamDirectory> {
  const directory = await openDirectory();
  const declared = declareIdentities(file, options);
  await applyDeclaration(directory, "identities", declared, new Date());
  return directory;
}
