import { expect, it } from "vitest";
import { recallLifecycle } from "../../setup/recall-lifecycle.ts";
import { keptOptions } from "./kept-options.ts";
import type { WhatItHas } from "./what-it-has.ts";

const nothing: WhatItHas = {
  versioning: undefined,
  lifecycle: recallLifecycle(undefined),
  policy: undefined,
  tlsOnly: undefined,
  guard: undefined,
  minTls: undefined,
};
const overTls = { usesTls: true };

it("says what is no default: that plain http is let in, or refused where it is the way to the store", () => {
  expect(keptOptions(nothing, undefined, overTls)).toEqual({});
  expect(keptOptions({ ...nothing, tlsOnly: true }, undefined, overTls)).toEqual({});
  expect(keptOptions({ ...nothing, tlsOnly: false }, undefined, overTls)).toEqual({
    tlsOnly: false,
  });
  const plain = { usesTls: false };
  expect(keptOptions({ ...nothing, tlsOnly: true }, undefined, plain)).toEqual({ tlsOnly: true });
  expect(keptOptions({ ...nothing, tlsOnly: false }, undefined, plain)).toEqual({});
});

it("not what a file says, or leaves alone", () => {
  const has = { ...nothing, tlsOnly: false, guard: "account", minTls: "1.2" } as const;
  const file = { version: 1, bucket: "b" } as const;
  expect(keptOptions(has, file, overTls)).toEqual({
    tlsOnly: false,
    guard: "account",
    minTls: "1.2",
  });
  const said = { tlsOnly: true, guard: "none", minTls: "1.3" } as const;
  expect(keptOptions(has, { ...file, policy: said }, overTls)).toEqual({});
  expect(keptOptions(has, { ...file, policy: "unmanaged" }, overTls)).toEqual({});
});
