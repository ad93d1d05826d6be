import { describe, expect, it } from "vitest";
import { StorageError } from "../core/errors.ts";
import type { ObjectStore } from "../core/object-store.ts";
import type { Probe, ProbeContext } from "./probe.ts";
import { runProbes, type ProbeFact } from "./run-probes.ts";
import { FakeStore } from "./testing-fixtures/fake-store.ts";

const controller = new AbortController();
controller.abort();
const stopped = controller.signal;

function contextOf(signal?: AbortSignal): ProbeContext {
  const store: ObjectStore = new FakeStore().asStore();
  return {
    store,
    bucket: { onAws: false, blocksPublicAcls: true },
    tools: { sleep: async () => undefined, signal },
    prefix: "test/p/",
    patient: false,
    call: {},
    made: [],
    unfinished: [],
  };
}

function probe(name: string, change: Partial<Probe> = {}): Probe {
  return {
    name,
    title: name,
    proves: ["s3:GetObject"],
    needs: [],
    run: async () => ({ detail: "done" }),
    ...change,
  };
}

async function factsOf(probes: readonly Probe[], signal?: AbortSignal): Promise<ProbeFact[]> {
  const facts: ProbeFact[] = [];
  for await (const fact of runProbes(probes, contextOf(signal))) facts.push(fact);
  return facts;
}

const explained = (code: "PermissionDenied" | "NotFound") =>
  probe(code, {
    explainRefusal: ({ onAws, blocksPublicAcls }) => `aws ${onAws}, acls ${blocksPublicAcls}`,
    run: () => Promise.reject(new StorageError(code, "no")),
  });

const statuses = (facts: readonly ProbeFact[]) => facts.map(({ status }) => status);

describe("runProbes", () => {
  it("after a stop runs only those that always run, whatever their name and place", async () => {
    const always = { always: true };
    const facts = await factsOf([probe("a", always), probe("b"), probe("c", always)], stopped);
    expect(statuses(facts)).toEqual(["passed", "not-reached", "passed"]);
  });

  it("tries nothing whose need did not pass", async () => {
    const refused = new StorageError("PermissionDenied", "no");
    const fails = probe("a", { run: () => Promise.reject(refused) });
    const facts = await factsOf([fails, probe("b", { needs: ["a"] }), probe("c")]);
    expect(statuses(facts)).toEqual(["failed", "not-reached", "passed"]);
    expect(facts[0]).toMatchObject({
      missing: ["s3:GetObject"],
      detail: "no Missing: s3:GetObject",
    });
  });

  it("lets a probe explain its refusal, and no other failure", async () => {
    const facts = await factsOf([explained("PermissionDenied"), explained("NotFound")]);
    expect(facts[0]?.detail).toContain("aws false, acls true");
    expect(facts[1]?.detail).toBe("no");
  });

  it("blames nothing else where a Deny is the cause", async () => {
    const denied = new StorageError("PermissionDenied", "no, with an explicit deny in a policy");
    const fails = { ...explained("PermissionDenied"), run: () => Promise.reject(denied) };
    const facts = await factsOf([fails]);
    expect(facts[0]).toMatchObject({ status: "failed", detail: denied.message });
  });

  it("does not swallow a bug", async () => {
    const bug = probe("a", { run: () => Promise.reject(new TypeError("bug")) });
    await expect(factsOf([bug])).rejects.toThrow("bug");
  });
});
