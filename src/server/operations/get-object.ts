import { answerObject } from "../objects/object-answer.ts";
import type { Operation } from "../operation.ts";

export const getObject: Operation = {
  name: "GetObject",
  handle: async (request) => {
    const { record, selected, dataKey, ...answer } = await answerObject(request, { reads: true });
    if (answer.status === 304) return answer;
    // A part of no bytes has no range, but the object around it may have bytes.
    if (answer.headers?.["content-length"] === "0") return { ...answer, body: "" };
    return { ...answer, body: request.engine.read(record, selected.range, dataKey) };
  },
};
