import { expect, it } from "vitest";
import type { Credentials } from "../core/credentials.ts";
import { StorageError } from "../core/errors.ts";
import { patientCredentials } from "./patient-credentials.ts";

const keys = (accessKeyId: string): Credentials => ({ accessKeyId, secretAccessKey: "s" });
const ended = new StorageError("Unauthenticated", "The session has ended.", { remedy: "Sign in." });

/** Answers each in turn, the last for ever. */
function source(...answers: readonly (Credentials | Error)[]) {
  const waits: string[] = [];
  let asked = 0;
  const provider = patientCredentials(
    () => {
      const answer = answers[Math.min(asked, answers.length - 1)];
      asked += 1;
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
    { forMs: 100, lookEveryMs: 10, onWait: (remedy) => waits.push(remedy) },
  );
  return { provider, waits, asked: () => asked };
}

it("waits for fresh keys when those in use have ended", async () => {
  const { provider, waits } = source(keys("A"), ended, ended, keys("B"));
  expect(await provider()).toEqual(keys("A"));
  expect(await provider({ refresh: true })).toEqual(keys("B"));
  expect(waits).toEqual(["Sign in."]);
});

it("takes the same keys again for none", async () => {
  const { provider, waits } = source(keys("A"), keys("A"), keys("A"), keys("B"));
  await provider();
  expect(await provider({ refresh: true })).toEqual(keys("B"));
  expect(waits).toHaveLength(1);
});

it("says nothing where fresh ones come at once, and asks once for all", async () => {
  const { provider, waits, asked } = source(keys("A"), keys("B"), keys("C"));
  await provider();
  const both = [provider({ refresh: true }), provider({ refresh: true }), provider()];
  expect(await Promise.all(both)).toEqual([keys("B"), keys("B"), keys("B")]);
  expect(waits).toEqual([]);
  expect(asked()).toBe(2);
});

it("waits as well when the source itself notices the end", async () => {
  const { provider, waits } = source(keys("A"), ended, ended, keys("B"));
  await provider();
  expect(await provider()).toEqual(keys("B"));
  expect(waits).toHaveLength(1);
});

it("gives up after its time, with the source's own words", async () => {
  const { provider } = source(keys("A"), ended);
  await provider();
  await expect(provider({ refresh: true })).rejects.toBe(ended);
});

it("gives the same keys at last, which the store then refuses", async () => {
  const { provider } = source(keys("A"));
  await provider();
  expect(await provider({ refresh: true })).toEqual(keys("A"));
});

it("does not wait for keys that never came, nor for what is no missing sign-in", async () => {
  const never = source(ended, keys("A"));
  await expect(never.provider()).rejects.toBe(ended);
  const wrong = new StorageError("ConfigurationError", "Two profiles of one name.");
  const later = source(keys("A"), wrong, keys("B"));
  await later.provider();
  await expect(later.provider({ refresh: true })).rejects.toBe(wrong);
  expect([...never.waits, ...later.waits]).toEqual([]);
});
