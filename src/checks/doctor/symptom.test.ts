import { expect, it } from "vitest";
import { StorageError } from "../../core/errors.ts";
import { symptomOf } from "./symptom.ts";

/** An error within errors, the outermost first. */
function nested(...messages: readonly string[]): Error {
  const [message = "", ...inner] = messages;
  return new Error(message, inner.length === 0 ? {} : { cause: nested(...inner) });
}

it("words and the connection's code are found in what caused an error, four deep", () => {
  expect(symptomOf(nested("a", "b", "c", "connect ECONNREFUSED"), "Ask")).toMatchObject({
    code: "ECONNREFUSED",
    message: "a b c connect ECONNREFUSED",
  });
  const deep = symptomOf(nested("a", "b", "c", "d", "connect ECONNREFUSED"), "Ask");
  expect(deep).toEqual({ tried: "Ask", message: "a b c d", details: {} });
});

it("the first of several errors counts, and words that are there already are not said again", () => {
  const first = Object.assign(new Error("x"), { code: "ENOTFOUND" });
  const found = symptomOf(new AggregateError([first, new Error("y")], "all failed: x"), "Ask");
  expect(found).toMatchObject({ code: "ENOTFOUND", message: "all failed: x" });
});

it("a service's own code goes before all others", () => {
  const cause = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
  const error = new StorageError("PermissionDenied", "Access Denied", {
    status: 403,
    s3Code: "AccessDenied",
    cause,
  });
  expect(symptomOf(error, "Ask")).toMatchObject({
    code: "AccessDenied",
    status: 403,
    denial: { cause: "not-told" },
  });
});
