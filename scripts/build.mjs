// @ts-check
import { requireNode } from "./node-version.mjs";
import { build } from "./prepare.mjs";

requireNode();
build();
