import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { accountOfKeyId, sessionKeyId } from "./session-key-id.ts";

test.each(["000000000001", "123456789012", "999999999999"])("an id tells its account %s", (id) => {
  for (const draw of [
    randomBytes,
    (n: number) => Buffer.alloc(n),
    (n: number) => Buffer.alloc(n, 255),
  ]) {
    const made = sessionKeyId(id, draw);
    expect(made).toMatch(/^ASIA[A-Z2-7]{16}$/);
    expect(accountOfKeyId(made)).toBe(id);
  }
});

test("an id of AWS tells its account by the same rule", () => {
  // An example that was published with the rule.
  expect(accountOfKeyId("ASIAY34FZKBOKMUTVV7A")).toBe("609629065308");
});

test("ids are not alike, and of others there is no account", () => {
  expect(sessionKeyId("123456789012", randomBytes)).not.toBe(
    sessionKeyId("123456789012", randomBytes),
  );
  expect(accountOfKeyId("AKIAADMIN")).toBeUndefined();
  expect(accountOfKeyId("ASIA7777777777777777")).toBeUndefined();
});
