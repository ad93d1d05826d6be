import { serveSetting } from "./serve-setting.ts";

/** All four are on in a new bucket; what a put leaves out is off. */
export const publicAccessBlock = serveSetting("publicAccessBlock");
