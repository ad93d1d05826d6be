import type { XmlElement } from "../xml/parse.ts";
import { element, type XmlNode } from "../xml/render.ts";

/** Three forms of one element: as a store gave it, what of that is known here, and what is to be written. */
interface Forms {
  readonly raw: XmlElement;
  readonly known: XmlNode;
  readonly next: XmlNode;
}

/**
 * What is to be written, with all that the store's document held and nobody knows here, each part in its
 * place: rules by their ID. A rule that is not written any more takes its own with it. Undefined where a
 * part has lost its place.
 */
export function graftUnknown({ raw, known, next }: Forms): XmlNode | undefined {
  const grafted: XmlNode[] = [];
  const replaced = new Map<XmlNode, XmlNode>();
  for (const name of new Set(raw.children.map((child) => child.name))) {
    const rawOnes = raw.children.filter((child) => child.name === name);
    const knownOnes = childrenOf(known, name);
    if (knownOnes.length === 0) grafted.push(...rawOnes.map(nodeOf));
    else if (!graftEach({ rawOnes, knownOnes, nextOnes: childrenOf(next, name) }, replaced)) {
      return undefined;
    }
  }
  const children = next.children.map((child) =>
    typeof child === "string" ? child : (replaced.get(child) ?? child),
  );
  return { ...next, children: [...children, ...grafted] };
}

/** Elements of one name, side by side, in the three forms. */
interface Siblings {
  readonly rawOnes: readonly XmlElement[];
  readonly knownOnes: readonly XmlNode[];
  readonly nextOnes: readonly XmlNode[];
}

/** False: a part has lost its place. */
function graftEach(
  { rawOnes, knownOnes, nextOnes }: Siblings,
  replaced: Map<XmlNode, XmlNode>,
): boolean {
  if (knownOnes.length !== rawOnes.length) return false;
  for (const [index, raw] of rawOnes.entries()) {
    const known = knownOnes[index];
    if (known === undefined || !holdsUnknown(raw, known)) continue;
    const next = counterpart(raw, nextOnes, rawOnes.length);
    if (next === "gone") continue;
    const one = next && graftUnknown({ raw, known, next });
    if (next === undefined || one === undefined) return false;
    replaced.set(next, one);
  }
  return true;
}

/** By its ID, or the only one of its kind. `gone`: it has an ID that is not written any more. */
function counterpart(
  raw: XmlElement,
  nextOnes: readonly XmlNode[],
  siblings: number,
): XmlNode | "gone" | undefined {
  const id = idOf(raw);
  if (id !== undefined) return nextOnes.find((one) => idIn(one) === id) ?? "gone";
  return siblings === 1 && nextOnes.length === 1 ? nextOnes[0] : undefined;
}

function holdsUnknown(raw: XmlElement, known: XmlNode): boolean {
  return raw.children.some((child) => {
    const index = raw.children.filter(({ name }) => name === child.name).indexOf(child);
    const found = childrenOf(known, child.name)[index];
    return found === undefined || holdsUnknown(child, found);
  });
}

function childrenOf(node: XmlNode, name: string): XmlNode[] {
  return node.children.filter(
    (child): child is XmlNode => typeof child !== "string" && child.name === name,
  );
}

function idOf(raw: XmlElement): string | undefined {
  return raw.children.find(({ name }) => name === "ID")?.text;
}

function idIn(node: XmlNode): string | undefined {
  const [id] = childrenOf(node, "ID");
  return id?.children.filter((child) => typeof child === "string").join("");
}

function nodeOf({ name, text, children }: XmlElement): XmlNode {
  return children.length === 0 && text !== ""
    ? element(name, text)
    : element(name, children.map(nodeOf));
}
