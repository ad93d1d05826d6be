import { isStorageError } from "../../core/errors.ts";
import { parsePersonality } from "../personalities/parse-personality.ts";
import { overwriteRefusalForm, personalityForm } from "./forms.ts";
import { object, optional, type ReadOf, required, type Shape, text } from "../../shapes/shape.ts";
import type { World } from "./world.ts";
import type { DocumentFaults } from "../../shapes/document-faults.ts";

const storeShape = text(personalityForm, "aws, qumulo, or a version of it as qumulo@7.1.2.");

const playedShape = object(
  {
    store: required(storeShape),
    overwriteRefusal: optional(
      text(overwriteRefusalForm, "How it refuses to overwrite: CODE or CODE:STATUS."),
    ),
  },
  "The store and what differs in it.",
);

export type WorldPersonality = ReadOf<typeof playedShape>;

/** By its name alone, or with what differs in it. */
export const personalityShape: Shape<WorldPersonality> = {
  schema: {
    description: "Which store is played; read at the start of a server alone.",
    anyOf: [storeShape.schema, playedShape.schema],
  },
  read: (value, place) => {
    if (value instanceof Map) return playedShape.read(value, place);
    const store = storeShape.read(value, place);
    return typeof store === "string" ? { store } : store;
  },
};

/** That there is such a store, in that version. */
export function checkPersonality({ personality }: World, faults: DocumentFaults): void {
  if (personality === undefined) return;
  try {
    parsePersonality(personality.store, personality.overwriteRefusal);
  } catch (error) {
    if (!isStorageError(error)) throw error;
    const { message, remedy = "" } = error;
    const words = `${message} ${remedy}`.trim().replace(/\.$/, "");
    faults.add(["personality"], `cannot be played: ${words}`);
  }
}
