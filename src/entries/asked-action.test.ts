import { expect, it } from "vitest";
import { askedAction } from "./asked-action.ts";

it.each(["s3:PutObjet", "s3:putobjet", "PutObjet"])("suggests for %s what AWS calls it", (text) => {
  const remedy = "Did you mean s3:PutObject?";
  expect(() => askedAction(text)).toThrow(expect.objectContaining({ remedy }));
});
