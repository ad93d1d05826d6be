import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ContractCase, ContractSubject } from "./contract-case.ts";
import { archiveCases } from "./archive-cases.ts";
import { contentCases } from "./content-cases.ts";
import { keyCases } from "./key-cases.ts";
import { listingCases } from "./listing-cases.ts";
import { directoryCases } from "./directory-cases.ts";
import { prefixCases } from "./prefix-cases.ts";
import { tagCases } from "./tag-cases.ts";
import { linkCases } from "./link-cases.ts";
import { versionCases } from "./version-cases.ts";
import { localFileCases } from "./local-file-cases.ts";
import { readingCases } from "./reading-cases.ts";
import { writingCases } from "./writing-cases.ts";

/** Every promise, by its title. */
export const contractCases: readonly ContractCase[] = [
  ...keyCases,
  ...contentCases,
  ...readingCases,
  ...archiveCases,
  ...listingCases,
  ...writingCases,
  ...prefixCases,
  ...directoryCases,
  ...versionCases,
  ...tagCases,
  ...linkCases,
  ...localFileCases,
];

/** What differs for the store that is tried. */
export interface ContractOptions {
  /**
   * Promises that this store cannot keep, by title, each with the reason. They are tried all the same,
   * and one that is kept fails the suite, so that a skip does not outlive its reason.
   */
  readonly skip?: Readonly<Record<string, string>>;
  /** What the ETag of an object of three parts looks like. Default: S3's, ending in `-3`. */
  readonly etagOfThreeParts?: RegExp;
}

/** What the contract takes of a test runner: the names of vitest, Jest and Mocha. */
export interface ContractRunner {
  /** A suite of tests. */
  describe(name: string, define: () => void): unknown;
  /** One test. */
  it(name: string, run: () => Promise<void>): unknown;
  /** Runs before the tests of the suite. */
  beforeAll(run: () => Promise<void>): unknown;
  /** Runs after them. */
  afterAll(run: () => Promise<void>): unknown;
}

/**
 * Defines the tests of what every file service promises, whatever is below it, in a suite of the given
 * test runner. They write below a prefix of their own and leave the bucket as it was. The largest
 * object has 40 MiB; one case writes 1,203 objects.
 *
 * @example
 * import { afterAll, beforeAll, describe, it } from "vitest";
 * import { fileServiceContract } from "sms-api-storage/testing/contract";
 *
 * fileServiceContract("our store", openOurs, { describe, it, beforeAll, afterAll });
 */
export function fileServiceContract(
  name: string,
  open: () => Promise<ContractSubject>,
  runner: ContractRunner,
  options: ContractOptions = {},
): void {
  const { skip = {}, etagOfThreeParts = /-3"$/ } = options;
  runner.describe(`file service on ${name}`, () => {
    const root = `contract-${randomUUID()}`;
    let subject: ContractSubject;
    let localFolder: string;

    runner.beforeAll(async () => {
      subject = await open();
      localFolder = await mkdtemp(join(tmpdir(), "sms-contract-"));
    });

    runner.afterAll(async () => {
      const { service } = subject;
      const left = await service.getListing(root);
      const { errors } = await service.deleteMany(left.map(({ Key }) => Key));
      await subject.close();
      await rm(localFolder, { recursive: true, force: true });
      assert.deepEqual(errors, []);
      const titles = new Set(contractCases.map(({ title }) => title));
      assert.deepEqual(
        Object.keys(skip).filter((title) => !titles.has(title)),
        [],
        "no promise has the title of a skip",
      );
    });

    for (const promise of contractCases) {
      const reason = Object.hasOwn(skip, promise.title) ? skip[promise.title] : undefined;
      const note = reason === undefined ? "" : ` (not here: ${reason})`;
      runner.it(`${promise.title}${note}`, async () => {
        const { service, store } = subject;
        const kept = promise.run({
          service,
          ...(store !== undefined && { store }),
          folder: `${root}/${randomUUID()}`,
          local: () => join(localFolder, randomUUID()),
          etagOfThreeParts,
        });
        if (reason === undefined) return kept;
        const failure: unknown = await kept.catch((error: unknown) => error);
        assert.ok(failure !== undefined, `it is kept here, though a skip says: ${reason}`);
      });
    }
  });
}
