import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { isIP } from "node:net";
import * as asn from "./der.ts";

/** A server's certificate with its key, and the authority that a client has to trust; all PEM. */
export interface MadeCertificate {
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

export interface CertificateWish {
  /** DNS names and addresses that the server is called by. */
  readonly names: readonly string[];
  readonly from: Date;
  readonly until: Date;
  readonly randomBytes: (count: number) => Buffer;
}

interface Signer {
  readonly name: string;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/**
 * A certificate for development, by an authority that is made for it alone: its key signs once and is
 * forgotten, so that trusting it opens nothing else. ECDSA on P-256. Source: RFC 5280.
 */
export function makeCertificate(wish: CertificateWish): MadeCertificate {
  const authority = newSigner("sms-api-storage development authority");
  const server = newSigner("sms-api-storage");
  return {
    authority: signedBy(authority, authority, wish, authorityExtensions(authority)),
    certificate: signedBy(authority, server, wish, serverExtensions(authority, server, wish.names)),
    key: server.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

function newSigner(name: string): Signer {
  return { name, ...generateKeyPairSync("ec", { namedCurve: "P-256" }) };
}

const ecdsaWithSha256 = asn.sequence(asn.objectId("1.2.840.10045.4.3.2"));

function signedBy(
  issuer: Signer,
  subject: Signer,
  { from, until, randomBytes }: CertificateWish,
  extensions: readonly Buffer[],
): string {
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  const body = asn.sequence(
    asn.tagged(0, asn.integer(Buffer.of(2))),
    asn.integer(serial),
    ecdsaWithSha256,
    commonName(issuer.name),
    asn.sequence(asn.time(from), asn.time(until)),
    commonName(subject.name),
    subject.publicKey.export({ type: "spki", format: "der" }),
    asn.tagged(3, asn.sequence(...extensions)),
  );
  const signature = sign("sha256", body, issuer.privateKey);
  return pem(asn.sequence(body, ecdsaWithSha256, asn.bits(signature)));
}

function commonName(name: string): Buffer {
  return asn.sequence(asn.set(asn.sequence(asn.objectId("2.5.4.3"), asn.text(name))));
}

function authorityExtensions(authority: Signer): Buffer[] {
  return [
    extension("2.5.29.19", asn.sequence(asn.boolean(true), asn.integer(Buffer.of(0))), true),
    // keyCertSign
    extension("2.5.29.15", asn.bits(Buffer.of(0x04), 2), true),
    extension("2.5.29.14", asn.octets(keyId(authority))),
  ];
}

function serverExtensions(authority: Signer, server: Signer, names: readonly string[]): Buffer[] {
  return [
    extension("2.5.29.19", asn.sequence(), true),
    // digitalSignature
    extension("2.5.29.15", asn.bits(Buffer.of(0x80), 7), true),
    // serverAuth
    extension("2.5.29.37", asn.sequence(asn.objectId("1.3.6.1.5.5.7.3.1"))),
    extension("2.5.29.17", asn.sequence(...names.map(alternativeName))),
    extension("2.5.29.14", asn.octets(keyId(server))),
    extension("2.5.29.35", asn.sequence(asn.implicit(0, keyId(authority)))),
  ];
}

function extension(id: string, value: Uint8Array, critical = false): Buffer {
  const mark = critical ? [asn.boolean(true)] : [];
  return asn.sequence(asn.objectId(id), ...mark, asn.octets(value));
}

function alternativeName(name: string): Buffer {
  const version = isIP(name);
  if (version === 0) return asn.implicit(2, Buffer.from(name, "latin1"));
  return asn.implicit(7, version === 4 ? ipv4Bytes(name) : ipv6Bytes(name));
}

function ipv4Bytes(address: string): Buffer {
  return Buffer.from(address.split(".").map(Number));
}

function groups(part: string): string[] {
  return part.split(":").filter((group) => group !== "");
}

function ipv6Bytes(address: string): Buffer {
  const [head = "", tail] = address.split("::");
  const after = groups(tail ?? "");
  const before = groups(head);
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => "0");
  const hex = [...before, ...(tail === undefined ? [] : zeros), ...after];
  return Buffer.from(hex.map((group) => group.padStart(4, "0")).join(""), "hex");
}

function keyId({ publicKey }: Signer): Buffer {
  return createHash("sha1")
    .update(publicKey.export({ type: "spki", format: "der" }))
    .digest();
}

function pem(bytes: Buffer): string {
  const lines = bytes.toString("base64").replaceAll(/.{64}(?=.)/g, "$&\n");
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}
