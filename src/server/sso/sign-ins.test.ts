import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { SignIns } from "./sign-ins.ts";

const client = {
  clientId: "id",
  name: "a program",
  grantTypes: [],
  redirectUris: [],
  scopes: [],
  expiresAt: Number.POSITIVE_INFINITY,
};
const asked = { client, address: "127.0.0.1" };
const minute = 60_000;

test("a thousand sign-ins are under way at a time, and who begins more loses the oldest", () => {
  const signIns = new SignIns(randomBytes);
  const start = new Date("2026-11-26T10:00:00Z");
  const mine = signIns.begin(asked, start);
  const greedy = { client, address: "198.51.100.7" };
  const first = signIns.begin(greedy, start);
  for (let count = 0; count < 1500; count++) signIns.begin(greedy, start);
  expect(signIns.findBySecret(first.secret)).toBeUndefined();
  expect(signIns.findByUserCode(first.userCode, start)).toBeUndefined();
  expect(signIns.findBySecret(mine.secret)).toBe(mine);
  expect(signIns.begin(asked, start).userCode).toMatch(/^[A-Z]{4}-[A-Z]{4}$/);
  expect(signIns.findBySecret(mine.secret)).toBe(mine);
});

test("what is long over is forgotten", () => {
  const signIns = new SignIns(randomBytes);
  const start = new Date("2026-11-26T10:00:00Z");
  const { secret } = signIns.begin(asked, start);
  signIns.begin(asked, new Date(start.getTime() + 20 * minute));
  expect(signIns.findBySecret(secret)).toBeUndefined();
});

test("a sign-in is found by its codes until it is over, and its program learns that it is", () => {
  const signIns = new SignIns(randomBytes);
  const start = new Date("2026-11-26T10:00:00Z");
  const signIn = signIns.begin(asked, start);
  expect(signIns.findByUserCode(signIn.userCode.toLowerCase(), start)).toBe(signIn);
  expect(signIns.findByUserCode(signIn.userCode.replace("-", ""), start)).toBe(signIn);
  const over = new Date(start.getTime() + 10 * minute);
  expect(signIns.findByUserCode(signIn.userCode, over)).toBeUndefined();
  expect(signIns.findBySecret(signIn.secret)).toBe(signIn);
  signIns.end(signIn);
  expect(signIns.findBySecret(signIn.secret)).toBeUndefined();
});
