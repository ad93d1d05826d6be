import { expect, test } from "vitest";
import { listingLimits } from "../core/listing-limits.ts";
import { boundedPages, type BoundedPages } from "./bounded-pages.ts";

interface Page {
  readonly Policies: readonly number[];
  readonly NextToken?: string;
}

/** For ever, unless whoever reads them stops. */
function* endlessPages(pageAt: (index: number) => Page): Generator<Page> {
  for (let index = 0; ; index += 1) yield pageAt(index);
}

async function* asked(pages: Iterable<Page>): AsyncGenerator<Page> {
  await Promise.resolve();
  yield* pages;
}

async function drain(bounded: BoundedPages, pages: Iterable<Page>): Promise<number> {
  let count = 0;
  for await (const { Policies } of bounded(asked(pages))) count += Policies.length;
  return count;
}

const token = (index: number): string => `t${index}`;

test("pages come as they are, empty ones between them too", async () => {
  const pages = [
    { Policies: [], NextToken: "a" },
    { Policies: [1, 2], NextToken: "b" },
    { Policies: [], NextToken: "c" },
    { Policies: [3] },
  ];
  const bounded = boundedPages("ListRoles");
  expect(await drain(bounded, pages)).toBe(3);
  // Tokens are a listing's own.
  expect(await drain(bounded, pages)).toBe(3);
});

test.each([
  [
    "empty pages with ever new tokens",
    (index: number) => ({ Policies: [], NextToken: token(index) }),
    "101 pages without an entry",
  ],
  [
    "a token that comes again",
    (index: number) => ({ Policies: [index], NextToken: token(index % 2) }),
    "was there already",
  ],
  [
    "page after page",
    (index: number) => ({ Policies: [index], NextToken: token(index) }),
    `over ${listingLimits.pages} pages`,
  ],
  [
    "pages of many entries",
    (index: number) => ({ Policies: Array<number>(1000).fill(1), NextToken: token(index) }),
    `over ${listingLimits.entries} entries`,
  ],
])("%s is an error that says so", async (_what, pageAt, words) => {
  await expect(drain(boundedPages("ListRoles"), endlessPages(pageAt))).rejects.toMatchObject({
    code: "Unknown",
    message: expect.stringContaining(words),
    operation: "ListRoles",
  });
});

test("all listings of an operation count together", async () => {
  const bounded = boundedPages("ListAccessKeys");
  const half = Array.from({ length: 30 }, () => ({ Policies: Array<number>(1000).fill(1) }));
  expect(await drain(bounded, half)).toBe(30_000);
  await expect(drain(bounded, half)).rejects.toThrow("does not end");
});
