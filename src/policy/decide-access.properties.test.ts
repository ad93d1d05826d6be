import * as fc from "fast-check";
import { expect, it } from "vitest";
import {
  answerTo,
  type Asked,
  type Document,
  type Documents,
} from "./testing-fixtures/documents.ts";
import {
  asked,
  bare,
  documents,
  identityDocument,
  levelsOf,
  onBucket,
  sidedDocument,
} from "./testing-fixtures/arbitrary-documents.ts";

const runs = { numRuns: 150 };
const isAllowed = (one: Asked, all: Documents): boolean => answerTo(one, all) === "allowed";

type Change = (statements: Document) => Document;

/** Each document changed by itself, the others as they are. */
function changed(all: Documents, change: Change): Documents[] {
  const { resource, identity = [], boundary, session: passed = [], scp, rcp, endpoint } = all;
  const each = (list: readonly Document[]): (readonly Document[])[] =>
    list.map((_, index) => list.map((one, at) => (at === index ? change(one) : one)));
  const eachLevel = (levels: NonNullable<Documents["scp"]>): NonNullable<Documents["scp"]>[] =>
    levels.flatMap((level, index) =>
      each(level).map((other) => levels.map((one, at) => (at === index ? other : one))),
    );
  return [
    ...(resource === undefined ? [] : [{ ...all, resource: change(resource) }]),
    ...each(identity).map((other) => ({ ...all, identity: other })),
    ...(boundary === undefined ? [] : [{ ...all, boundary: change(boundary) }]),
    ...each(passed).map((other) => ({ ...all, session: other })),
    ...eachLevel(scp ?? []).map((other) => ({ ...all, scp: other })),
    ...eachLevel(rcp ?? []).map((other) => ({ ...all, rcp: other })),
    ...(endpoint === undefined ? [] : [{ ...all, endpoint: change(endpoint) }]),
  ];
}

const reversed: Change = (statements) => statements.toReversed();

/** Without its first Allow. */
const without: Change = (statements) => {
  const at = statements.findIndex((statement) => statement["Effect"] === "Allow");
  const kept = statements.filter((_, index) => index !== at);
  // A document has at least one statement: this one says nothing of what is asked.
  const nothing = { ...statements[0], Effect: "Allow", Action: "s3:GetBucketTagging" };
  return kept.length > 0 ? kept : [nothing];
};

it("another Deny, wherever it stands, never allows what was denied", () => {
  const extra = bare.map((statement) => ({ ...statement, Effect: "Deny" }));
  const sided = onBucket.map((statement) => ({ ...statement, Effect: "Deny" }));
  fc.assert(
    fc.property(asked, documents, extra, sided, (one, all, deny, sidedDeny) => {
      fc.pre(!isAllowed(one, all));
      for (const more of changed(all, (statements) => {
        const isSided = statements.some((s) => "Principal" in s || "NotPrincipal" in s);
        return [...statements, isSided ? sidedDeny : deny];
      })) {
        expect(isAllowed(one, more)).toBe(false);
      }
    }),
    runs,
  );
});

it("the order of statements, policies and levels makes no difference", () => {
  fc.assert(
    fc.property(asked, documents, (one, all) => {
      const answer = answerTo(one, all);
      for (const other of changed(all, reversed)) expect(answerTo(one, other)).toBe(answer);
      const { identity, session: passed, scp, rcp } = all;
      const turned = {
        ...all,
        ...(identity !== undefined && { identity: identity.toReversed() }),
        ...(passed !== undefined && { session: passed.toReversed() }),
        ...(scp !== undefined && { scp: scp.map((level) => level.toReversed()).toReversed() }),
        ...(rcp !== undefined && { rcp: rcp.map((level) => level.toReversed()).toReversed() }),
      };
      expect(answerTo(one, turned)).toBe(answer);
    }),
    runs,
  );
});

it("a layer that only limits never allows what was denied without it", () => {
  const added = fc.record({
    boundary: identityDocument,
    session: fc.array(identityDocument, { minLength: 1, maxLength: 2 }),
    scp: levelsOf(identityDocument),
    rcp: levelsOf(sidedDocument),
    endpoint: sidedDocument,
  });
  fc.assert(
    fc.property(asked, documents, added, (one, all, more) => {
      fc.pre(!isAllowed(one, all));
      for (const [layer, content] of Object.entries(more)) {
        if (layer in all) continue;
        expect(isAllowed(one, { ...all, [layer]: content })).toBe(false);
      }
      expect(isAllowed({ ...one, restrictPublicBuckets: true }, all)).toBe(false);
    }),
    runs,
  );
});

it("an Allow that is taken away never allows", () => {
  fc.assert(
    fc.property(asked, documents, (one, all) => {
      // A public statement may be what RestrictPublicBuckets goes by, so that others count without it.
      const plain = { ...one, restrictPublicBuckets: false };
      fc.pre(!isAllowed(plain, all));
      for (const less of changed(all, without)) expect(isAllowed(plain, less)).toBe(false);
    }),
    runs,
  );
});

it("an identity policy that is taken away never allows, unless it denies", () => {
  fc.assert(
    fc.property(asked, documents, (one, all) => {
      const identity = (all.identity ?? []).filter((document) =>
        document.every((statement) => statement["Effect"] === "Allow"),
      );
      const own = { ...all, identity };
      fc.pre(!isAllowed(one, own));
      for (const [index] of identity.entries()) {
        expect(isAllowed(one, { ...all, identity: identity.toSpliced(index, 1) })).toBe(false);
      }
    }),
    runs,
  );
});
