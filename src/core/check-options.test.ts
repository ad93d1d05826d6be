import { describe, expect, it } from "vitest";
import { ownOptions } from "./check-options.ts";

describe("what a caller gave", () => {
  it("is its own members, each read once, in keys and lists too", () => {
    const list = ["10.0.0.0/8"];
    let reads = 0;
    const given = {
      get host(): string {
        reads += 1;
        return `read ${reads}`;
      },
      keys: { id: "a" },
      list,
    };
    const own = ownOptions(given);
    given.keys.id = "changed";
    list.push("0.0.0.0/0");
    expect(own.keys.id).toBe("a");
    expect(own.list).toEqual(["10.0.0.0/8"]);
    expect([own.host, own.host, reads]).toEqual(["read 1", "read 1", 1]);
  });

  it("is not what every object was given", () => {
    const given = Object.create({ host: "0.0.0.0" }) as { host?: string; port?: number };
    given.port = 1;
    expect(ownOptions(given).host).toBeUndefined();
    expect(ownOptions(given).port).toBe(1);
    expect(Object.getPrototypeOf(ownOptions({}))).toBeNull();
  });

  it("keeps what is more than its members as it is", () => {
    const options = { signal: new AbortController().signal, now: (): number => 1, at: new Date(0) };
    const own = ownOptions(options);
    expect(own.signal).toBe(options.signal);
    expect(own.now).toBe(options.now);
    expect(own.at).toBe(options.at);
    expect(ownOptions("text" as unknown as object)).toBe("text");
  });
});
