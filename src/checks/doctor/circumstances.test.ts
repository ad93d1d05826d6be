import { expect, test } from "vitest";
import { diagnose } from "./diagnose.ts";
import type { DoctorFacts } from "./doctor-facts.ts";
import { readErrorText } from "./read-error-text.ts";

const place: DoctorFacts = {
  bucket: "lab",
  region: "us-east-1",
  endpointUrl: undefined,
  partition: "aws",
  store: "aws",
};

const who = "arn:aws:iam::111122223333:user/ada";
const refusal = (action: string, on: string, why: string): string =>
  `An error occurred (AccessDenied) when calling the GetObject operation: User: ${who} is not authorized to perform: ${action} on ${on} ${why}`;

const found = (text: string, facts: Partial<DoctorFacts> = {}) =>
  diagnose(readErrorText(text), { ...place, ...facts }, "objects");

const ofExpired = (facts: Partial<DoctorFacts>): string[] =>
  found("CERT_HAS_EXPIRED", facts).alsoPossible.map(({ id }) => id);

const keyOf = (account: string): string => `resource: "arn:aws:kms:us-east-1:${account}:key/1"`;

test("a certificate that expired says nothing of dots, unless the bucket stands in the host's name", () => {
  expect(ofExpired({ bucket: "a.b", host: "store.example" })).not.toContain("D50");
  expect(ofExpired({ bucket: "a.b", host: "a.b.s3.amazonaws.com" })).toContain("D50");
  expect(ofExpired({ bucket: "ab", host: "ab.s3.amazonaws.com" })).not.toContain("D50");
});

test("a Deny over http is for want of TLS where the policy speaks of it, or may", () => {
  const text = refusal(
    "s3:GetObject",
    'resource: "arn:aws:s3:::lab/a"',
    "with an explicit deny in a resource-based policy",
  );
  const endpointUrl = "http://store.example";
  const first = (facts: Partial<DoctorFacts>) => {
    const { id, confidence } = found(text, facts);
    return `${id} ${confidence}`;
  };
  expect(first({})).toBe("D12 certain");
  expect(first({ endpointUrl })).toBe("D23 likely");
  expect(first({ endpointUrl, policy: '"aws:SecureTransport"' })).toBe("D23 certain");
  expect(first({ endpointUrl, policy: "{}" })).toBe("D12 certain");
});

test("a key of which no account is told is not another account's", () => {
  const why = "because no resource-based policy allows the kms:Decrypt action";
  expect(found(refusal("kms:Decrypt", "this resource", why)).id).toBe("D05");
  expect(found(refusal("kms:Decrypt", keyOf("111122223333"), why)).id).toBe("D05");
  expect(found(refusal("kms:Decrypt", keyOf("444455556666"), why)).id).toBe("D04");
});

test("who cannot decrypt what was just written may not decrypt at all; of what was there that is not told", () => {
  const text = refusal(
    "kms:Decrypt",
    "this resource",
    "because no identity-based policy allows the kms:Decrypt action",
  );
  const facts = { ...place, smallWorks: true, probePrefix: "test/run-1/" };
  const first = (key: string) => {
    const { id, confidence } = diagnose({ ...readErrorText(text), key }, facts, "objects");
    return `${id} ${confidence}`;
  };
  expect([first("test/run-1/small.txt"), first("results/a.tsv")]).toEqual([
    "D03 certain",
    "D02 certain",
  ]);
});
