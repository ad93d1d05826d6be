import { expect, test } from "vitest";
import { QueryParameters } from "../../protocol/query.ts";
import { readListParameters } from "./list-parameters.ts";

function read(query: string, limitName: "max-keys" | "max-uploads" = "max-keys") {
  return readListParameters(QueryParameters.parse(query), limitName);
}

test("defaults", () => {
  expect(read("")).toMatchObject({ prefix: "", delimiter: undefined, limit: 1000 });
  expect(read("delimiter=&max-keys=").delimiter).toBeUndefined();
});

test.each([
  ["max-keys=0", 0],
  ["max-keys=1", 1],
  ["max-keys=1001", 1000],
  ["max-keys=2147483647", 1000],
])("%s gives %i", (query, limit) => {
  expect(read(query).limit).toBe(limit);
});

test.each([
  ["max-keys=x", "Provided max-keys not an integer or within integer range", "max-keys"],
  ["max-keys=1.5", "Provided max-keys not an integer or within integer range", "max-keys"],
  ["max-keys=2147483648", "Provided max-keys not an integer or within integer range", "max-keys"],
  ["max-keys=-1", "Argument maxKeys must be an integer between 0 and 2147483647", "maxKeys"],
  ["encoding-type=value", "Invalid Encoding Method specified in Request", "encoding-type"],
  ["encoding-type=", "Invalid Encoding Method specified in Request", "encoding-type"],
])("%s is refused", (query, message, argument) => {
  expect(() => read(query)).toThrow(
    expect.objectContaining({
      code: "InvalidArgument",
      message,
      extra: expect.objectContaining({ ArgumentName: argument }) as unknown,
    }),
  );
});
