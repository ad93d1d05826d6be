import { answerObject } from "../objects/object-answer.ts";
import type { Operation } from "../operation.ts";

export const headObject: Operation = {
  name: "HeadObject",
  handle: async (request) => {
    const { status, headers = {} } = answerObject(request);
    return { status, headers };
  },
};
