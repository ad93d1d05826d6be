import { choice, integer, text } from "./scalars.ts";
import { xmlDocument } from "./setting-document.ts";
import { structure } from "./shape.ts";

type RestoreTier = "Standard" | "Bulk" | "Expedited";

interface RestoreRequest {
  readonly Days?: number;
  readonly GlacierJobParameters?: { readonly Tier?: RestoreTier };
  readonly Type?: "SELECT";
  readonly Tier?: RestoreTier;
  readonly Description?: string;
}

const tier = choice<RestoreTier>("Standard", "Bulk", "Expedited");

/**
 * `RestoreRequest`, of an archived object. What belongs to queries of archives (SelectParameters,
 * OutputLocation) AWS has closed to new customers; it is unknown here. Days are not yet judged.
 */
export const restoreRequest = xmlDocument<RestoreRequest, RestoreRequest>({
  root: "RestoreRequest",
  shape: structure<RestoreRequest>({
    Days: integer,
    GlacierJobParameters: structure({ Tier: tier }),
    Type: choice("SELECT"),
    Tier: tier,
    Description: text,
  }),
  fromWire: (wire) => wire,
  toWire: (document) => document,
});
