import type { ListedObject } from "../../core/object-store.ts";
import { type CapabilityContext, type CapabilityProbe, fact } from "./capability-probe.ts";

/** Which no order but that of bytes has so: capitals first, digits before letters, é last. */
const names = ["a-1", "A", "b/1", "B", "a", "a.b", "0", "é", "_", "z9", "z10", "a b"];

const order: CapabilityProbe = {
  names: ["orderedListing"],
  async run({ store, prefix, call }: CapabilityContext) {
    const folder = `${prefix}order/`;
    for (const name of names) await store.putObject(folder + name, Buffer.from(name), call);
    const listed = async (wanted: string): Promise<string[]> => {
      const found: ListedObject[] = [];
      let from = {};
      for (let page = 0; page <= names.length; page += 1) {
        const answer = await store.listObjects({ ...call, ...from, prefix: wanted, maxKeys: 5 });
        found.push(...answer.objects);
        if (answer.continuationToken === undefined) break;
        from = { continuationToken: answer.continuationToken };
      }
      return found.map(({ key }) => key.slice(folder.length));
    };
    const all = await listed(folder);
    const inBytes = names.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    const isOrdered = all.join("\0") === inBytes.join("\0");
    const partial = await listed(`${folder}z`);
    const knowsPartial = partial.toSorted().join() === "z10,z9";
    const place = isOrdered ? "in" : "not in";
    const finds = knowsPartial ? "what begins so" : "nothing";
    const detail = `${place} the order of bytes; a prefix within a name finds ${finds}`;
    return [fact("orderedListing", isOrdered && knowsPartial, detail)];
  },
};

/** In which order, and by which prefixes. */
export const listingProbes: readonly CapabilityProbe[] = [order];
