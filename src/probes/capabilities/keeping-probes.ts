import type { ProbedName } from "../../core/store-profile.ts";
import {
  attempt,
  type CapabilityContext,
  type CapabilityProbe,
  fact,
  refused,
  textOf,
} from "./capability-probe.ts";

const bytes = Buffer.from("0123456789");

const metadata: CapabilityProbe = {
  names: ["userMetadata"],
  async run({ store, prefix, call }) {
    const key = `${prefix}metadata`;
    const put = await attempt(store.putObject(key, bytes, { ...call, metadata: { run: "7" } }));
    if (!put.ok) return [refused("userMetadata", put.error)];
    const kept = (await store.headObject(key, call)).metadata["run"];
    return [fact("userMetadata", kept === "7", kept === "7" ? "kept" : "passed over")];
  },
};

const tags: CapabilityProbe = {
  names: ["objectTags"],
  async run({ store, prefix, call }) {
    const key = `${prefix}tags`;
    const put = await attempt(store.putObject(key, bytes, { ...call, tags: { run: "7" } }));
    if (!put.ok) return [refused("objectTags", put.error)];
    const read = await attempt(store.getObjectTags(key, call));
    if (!read.ok) return [refused("objectTags", read.error)];
    const isKept = read.value["run"] === "7";
    return [fact("objectTags", isKept, isKept ? "kept" : "passed over")];
  },
};

const encryption: CapabilityProbe = {
  names: ["serverSideEncryptionHeader"],
  async run({ store, prefix, call }) {
    const key = `${prefix}encryption`;
    const name = "serverSideEncryptionHeader";
    const put = await attempt(store.putObject(key, bytes, { ...call, encryption: "AES256" }));
    if (!put.ok) return [refused(name, put.error)];
    const said = (await store.headObject(key, call)).encryption;
    return [fact(name, said === "AES256", `AES256 was taken, HEAD says ${said ?? "nothing"}`)];
  },
};

const attributes: CapabilityProbe = {
  names: ["objectAttributes"],
  async run(context) {
    const { store, call } = context;
    const key = await plain(context, "attributes");
    const read = await attempt(store.getObjectAttributes(key, call));
    if (!read.ok) return [refused("objectAttributes", read.error)];
    const { sizeBytes } = read.value;
    return [fact("objectAttributes", sizeBytes === bytes.length, `it says ${sizeBytes} bytes`)];
  },
};

const versions: CapabilityProbe = {
  names: ["versioning"],
  async run(context) {
    const { store, prefix, call } = context;
    await plain(context, "version");
    const listed = await attempt(store.listObjectVersions({ ...call, prefix: `${prefix}version` }));
    if (!listed.ok) return [refused("versioning", listed.error)];
    const isThere = listed.value.versions.length === 1;
    return [fact("versioning", isThere, `ListObjectVersions tells ${isThere ? "it" : "nothing"}`)];
  },
};

const pinnedRange: CapabilityProbe = {
  names: ["rangeOfPinnedObject"],
  async run(context) {
    const { store, call } = context;
    const key = await plain(context, "range");
    const name = "rangeOfPinnedObject";
    const { etag } = await store.headObject(key, call);
    const range = { first: 2, last: 5 };
    const right = await attempt(store.getObject(key, { ...call, range, ifMatch: etag }));
    if (!right.ok) return [refused(name, right.error)];
    const text = await textOf(right.value.body);
    const wrong = await attempt(store.getObject(key, { ...call, range, ifMatch: '"other"' }));
    if (wrong.ok) await textOf(wrong.value.body);
    const isSo = text === "2345" && !wrong.ok;
    return [fact(name, isSo, `Range with If-Match: ${isSo ? "both are looked at" : "not both"}`)];
  },
};

const links: CapabilityProbe = {
  names: ["presignedGet", "presignedPut"],
  async run(context) {
    const { store, prefix } = context;
    const key = await plain(context, "link");
    const ask = async (method: "GET" | "PUT", at: string, name: ProbedName) => {
      const { url } = await store.presign({ method, key: at, expiresInSeconds: 60 });
      const status = await context.request(method, url, method === "PUT" ? bytes : undefined);
      return fact(name, status === 200, `status ${status}`);
    };
    return [
      await ask("GET", key, "presignedGet"),
      await ask("PUT", `${prefix}link-put`, "presignedPut"),
    ];
  },
};

async function plain({ store, prefix, call }: CapabilityContext, name: string): Promise<string> {
  const key = `${prefix}${name}`;
  await store.putObject(key, bytes, call);
  return key;
}

/** What is kept of an object, and how it is read. */
export const keepingProbes: readonly CapabilityProbe[] = [
  metadata,
  tags,
  encryption,
  attributes,
  versions,
  pinnedRange,
  links,
];
