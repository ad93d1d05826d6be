import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { tlsOptions } from "./tls-options.ts";

let folder: string;
const pem = (text: string) => `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "authorities-"));
  await writeFile(join(folder, "own.pem"), pem("own"));
  await writeFile(join(folder, "extra.pem"), pem("extra"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it("the authority of the settings stands beside those that Node was given, and replaces none", () => {
  const store = { caFile: join(folder, "own.pem"), verifySsl: true };
  expect(tlsOptions(store, join(folder, "extra.pem")).ca?.toString()).toBe(
    `${pem("own")}\n${pem("extra")}`,
  );
  // Node warns of one that it cannot read, and goes on.
  expect(tlsOptions(store, join(folder, "none.pem")).ca?.toString().trim()).toBe(pem("own"));
  expect(tlsOptions({ ...store, caFile: undefined }, join(folder, "extra.pem"))).toEqual({
    rejectUnauthorized: true,
  });
});
