import { answerObject } from "../objects/object-answer.ts";
import type { Operation } from "../operation.ts";

export const headObject: Operation = {
  name: "HeadObject",
  handle: async (request) => {
    const answer = await answerObject(request, { reads: false });
    const { status, headers, record, selected } = answer;
    // As GetObject does: a 200 for an object whose bytes are gone would be a lie.
    if (status !== 304) await request.engine.assertPresent(record, selected.range);
    return { status, headers };
  },
};
