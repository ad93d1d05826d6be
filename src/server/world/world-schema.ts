import { policySchemas } from "./policy-shape.ts";
import type { JsonSchema } from "./shape.ts";
import { worldShape } from "./world.ts";

/**
 * The JSON Schema of world files, for editors.
 *
 * @internal Its test writes it to docs/world.schema.json.
 */
export function worldSchema(): JsonSchema {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "World of an embedded S3 server",
    ...worldShape.schema,
    $defs: policySchemas,
  };
}
