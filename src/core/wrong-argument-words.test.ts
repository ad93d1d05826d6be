import { describe, expect, it } from "vitest";
import {
  checkArgument,
  checkOptions,
  headerChecks,
  isRange,
  isText,
  type OptionChecks,
} from "./check-options.ts";

const thrown = (work: () => void): Error & { readonly remedy?: string } => {
  try {
    work();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("Nothing was thrown.");
};

describe("the words about a wrong argument", () => {
  it("say what is wrong within an object, not that it is one", () => {
    const options = { metadata: { run: 1 } } as never;
    expect(thrown(() => checkOptions("put", options, headerChecks)).message).toBe(
      "put: the option metadata must be an object of strings; run is 1.",
    );
    const range = { first: 5, last: 2 };
    expect(thrown(() => checkArgument("get", "the range", range, isRange)).message).toMatch(
      /of which last is not below first\.$/,
    );
  });

  it.each([
    [new Uint8Array(1), "a Uint8Array"],
    [Buffer.from("a"), "a Buffer"],
    [[], "an Array"],
  ])("name the kind of %o with its article", (value, kind) => {
    const { message } = thrown(() => checkArgument("get", "the path", value, isText));
    expect(message).toBe(`get: the path must be a string, not ${kind}.`);
  });

  it("suggest an option of which the beginning was given", () => {
    const checks: OptionChecks<{ expiresInSeconds: string; contentType: string }> = {
      expiresInSeconds: isText,
      contentType: isText,
    };
    const { remedy } = thrown(() =>
      checkOptions(
        "sign",
        { expiresIn: 1 } as object as { expiresInSeconds: string; contentType: string },
        checks,
      ),
    );
    expect(remedy).toBe("Did you mean expiresInSeconds?");
  });
});
