import { expect, test } from "vitest";
import { openEngine } from "../engine/open-engine.ts";
import type { Records } from "../engine/records.ts";
import { KnownRecords } from "./known-records.ts";

test("a record is read once, and anew when any of its kinds has changed", async () => {
  const engine = await openEngine({ durability: "memory" });
  try {
    let reads = 0;
    const counted: Records = {
      get: (kind, id) => {
        reads += 1;
        return engine.records.get(kind, id);
      },
      list: (kind, prefix) => engine.records.list(kind, prefix),
      changesOf: (kind) => engine.records.changesOf(kind),
      update: async (change) => await engine.records.update(change),
    };
    const known = new KnownRecords(counted, ["key", "alias"]);
    expect(known.get("key", "a")).toBeUndefined();
    await engine.records.update((records) => records.put("key", "a", { state: 1 }));
    reads = 0;
    for (let round = 0; round < 3; round += 1) {
      expect(known.get("key", "a")).toEqual({ state: 1 });
      expect(known.get("alias", "a")).toBeUndefined();
    }
    expect(reads).toBe(1 + 3);
    await engine.records.update((records) => records.put("key", "a", { state: 2 }));
    expect(known.get("key", "a")).toEqual({ state: 2 });
    await engine.records.update((records) => records.put("alias", "a", "x"));
    expect(known.get("alias", "a")).toBe("x");
    await engine.records.update((records) => records.remove("key", "a"));
    expect(known.get("key", "a")).toBeUndefined();
  } finally {
    await engine.close();
  }
});
