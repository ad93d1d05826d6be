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
const minute = 60_000;

test("a thousand sign-ins are under way at a time, and old ones make room", () => {
  const signIns = new SignIns(randomBytes);
  const start = new Date("2026-11-26T10:00:00Z");
  for (let count = 0; count < 1000; count++) signIns.begin(client, undefined, start);
  expect(() => signIns.begin(client, undefined, start)).toThrow("Too many sign-ins are under way");
  const later = new Date(start.getTime() + 20 * minute);
  expect(signIns.begin(client, undefined, later).userCode).toMatch(/^[A-Z]{4}-[A-Z]{4}$/);
});

test("a sign-in is found by its codes until it is over, and its program learns that it is", () => {
  const signIns = new SignIns(randomBytes);
  const start = new Date("2026-11-26T10:00:00Z");
  const signIn = signIns.begin(client, undefined, start);
  expect(signIns.findByUserCode(signIn.userCode.toLowerCase(), start)).toBe(signIn);
  expect(signIns.findByUserCode(signIn.userCode.replace("-", ""), start)).toBe(signIn);
  const over = new Date(start.getTime() + 10 * minute);
  expect(signIns.findByUserCode(signIn.userCode, over)).toBeUndefined();
  expect(signIns.findBySecret(signIn.secret)).toBe(signIn);
  signIns.end(signIn);
  expect(signIns.findBySecret(signIn.secret)).toBeUndefined();
});
