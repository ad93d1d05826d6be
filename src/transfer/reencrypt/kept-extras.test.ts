import { expect, it } from "vitest";
import type { ObjectHead } from "../../core/object-store.ts";
import { keptExtras } from "./kept-extras.ts";

const now = new Date("2026-11-27T00:00:00Z");
const head: ObjectHead = {
  key: "k",
  sizeBytes: 1,
  etag: '"e"',
  lastModified: now,
  metadata: {},
};

it("says nothing of what is as of every object", () => {
  const acl = { ownerId: "me", grants: [{ grantee: "me", permission: "FULL_CONTROL" }] };
  expect(keptExtras(head, acl, now)).toEqual({});
  expect(keptExtras(head, undefined, now)).toEqual({});
});

it("keeps redirect, retention and legal hold, but no retention that has ended", () => {
  const locked = {
    ...head,
    websiteRedirect: "/new",
    lockMode: "COMPLIANCE",
    lockedUntil: "2027-01-01T00:00:00Z",
    legalHold: "ON",
  };
  const {
    key: _key,
    sizeBytes: _size,
    etag: _etag,
    lastModified: _at,
    metadata: _meta,
    ...extras
  } = locked;
  expect(keptExtras(locked, undefined, now)).toEqual(extras);
  const ended = { ...locked, lockedUntil: "2026-11-26T23:59:59Z" };
  expect(keptExtras(ended, undefined, now)).toEqual({ websiteRedirect: "/new", legalHold: "ON" });
});

it("grants again what the ACL grants", () => {
  const acl = {
    ownerId: "me",
    grants: [
      { grantee: "me", permission: "FULL_CONTROL" },
      { grantee: "you", permission: "FULL_CONTROL" },
      { grantee: "http://acs.amazonaws.com/groups/global/AllUsers", permission: "READ" },
      { grantee: "you", permission: "READ_ACP" },
    ],
  };
  expect(keptExtras(head, acl, now)).toEqual({
    grants: {
      "full-control": 'id="me", id="you"',
      read: 'uri="http://acs.amazonaws.com/groups/global/AllUsers"',
      "read-acp": 'id="you"',
    },
  });
});
