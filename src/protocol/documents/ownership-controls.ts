import { objectOwnerships, type ObjectOwnership } from "../../core/bucket-settings.ts";
import { choice } from "./scalars.ts";
import { xmlDocument } from "./setting-document.ts";
import { required, structure } from "./shape.ts";

interface OwnershipControls {
  readonly Rule?: { readonly ObjectOwnership?: ObjectOwnership };
}

/** `OwnershipControls`, which has exactly one rule. */
export const ownershipControls = xmlDocument<OwnershipControls, ObjectOwnership>({
  root: "OwnershipControls",
  shape: structure({
    Rule: required(structure({ ObjectOwnership: required(choice(...objectOwnerships)) })),
  }),
  fromWire: ({ Rule }) => Rule?.ObjectOwnership,
  toWire: (ObjectOwnership) => ({ Rule: { ObjectOwnership } }),
});
