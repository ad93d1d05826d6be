import { describe, expect, it } from "vitest";
import { pagesOf } from "./pages-of.ts";

/** Pages that are their own numbers; each leads to where `steps` says. */
function listing(steps: Readonly<Record<number, number>>) {
  const asked: number[] = [];
  const pages = pagesOf({
    read: (place: { readonly at: number } | undefined) => {
      asked.push(place?.at ?? 0);
      return Promise.resolve(place?.at ?? 0);
    },
    next: (page) => (steps[page] === undefined ? undefined : { at: steps[page] }),
    circular: () => new Error("circle"),
  });
  return { asked, pages };
}

describe("pagesOf", () => {
  it("gives every page to the last", async () => {
    const steps = Object.fromEntries(Array.from({ length: 100 }, (_, page) => [page, page + 1]));
    const seen: number[] = [];
    for await (const page of listing(steps).pages) seen.push(page);
    expect(seen).toEqual(Array.from({ length: 101 }, (_, page) => page));
  });

  it.each([
    ["to itself", { 0: 1, 1: 1 }],
    ["to the one before", { 0: 1, 1: 2, 2: 1 }],
    ["far back, after a long way", { 0: 1, 1: 2, 2: 3, 3: 4, 4: 5, 5: 6, 6: 7, 7: 8, 8: 4 }],
  ])("ends when a page leads back %s", async (_name, steps) => {
    const { asked, pages } = listing(steps);
    const walk = async () => {
      for await (const page of pages) expect(page).toBeLessThan(9);
    };
    await expect(walk()).rejects.toThrow("circle");
    expect(asked.length).toBeLessThan(20);
  });

  it("asks for no page that nobody wants", async () => {
    const { asked, pages } = listing({ 0: 1, 1: 2 });
    for await (const page of pages) if (page === 1) break;
    expect(asked).toEqual([0, 1]);
  });
});
