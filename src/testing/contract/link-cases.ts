import assert from "node:assert/strict";
import type { SignedForm } from "../../files/link-types.ts";
import type { ContractCase } from "./contract-case.ts";
import { has, sameBytes } from "./expectations.ts";

/** As a browser sends it. */
async function send(form: SignedForm, name: string, contents: string): Promise<number> {
  const body = new FormData();
  for (const [field, value] of Object.entries(form.fields)) body.set(field, value);
  body.set("file", new Blob([contents]), name);
  return statusOf(form.url, { method: "POST", body });
}

async function statusOf(url: string, request: RequestInit = {}): Promise<number> {
  const answer = await fetch(url, request);
  await answer.arrayBuffer();
  return answer.status;
}

export const linkCases: readonly ContractCase[] = [
  {
    title: "makes links that read",
    async run({ service, folder }) {
      const key = `${folder}/a b+c/é.txt`;
      await service.uploadBytes("linked", key);
      const contentDisposition = 'attachment; filename="run 1.txt"';
      const before = Date.now();
      const link = await service.signedUrl(key, {
        expiresInSeconds: 60,
        answer: { contentDisposition },
      });
      has(link, { method: "GET", headers: {}, limitedBy: "requested", mayEndEarlier: false });
      assert.ok(Math.abs(link.expiresAt.getTime() - before - 60_000) < 30_000);
      const answer = await fetch(link.url);
      assert.equal(answer.status, 200);
      assert.equal(await answer.text(), "linked");
      assert.equal(answer.headers.get("content-disposition"), contentDisposition);
      const head = await fetch((await service.signedUrl(key, { method: "HEAD" })).url, {
        method: "HEAD",
      });
      assert.equal(head.headers.get("content-length"), "6");
      const forged = link.url.replace(/.$/, (last) => (last === "0" ? "1" : "0"));
      assert.equal(await statusOf(forged), 403);
    },
  },
  {
    title: "makes links that write and delete",
    async run({ service, folder }) {
      const key = `${folder}/uploaded`;
      const contentType = "application/x-run";
      const put = await service.signedUrl(key, { method: "PUT", contentType });
      assert.deepEqual(put.headers, { "content-type": contentType });
      const { method, headers } = put;
      assert.equal(await statusOf(put.url, { method, headers, body: "by link" }), 200);
      has(await service.stat(key), { Size: 7, ContentType: contentType });
      const other = { "content-type": "text/plain" };
      assert.equal(await statusOf(put.url, { method, headers: other, body: "another" }), 403);
      sameBytes(await service.getFileContents(key), Buffer.from("by link"));
      const gone = await service.signedUrl(key, { method: "DELETE" });
      assert.equal(await statusOf(gone.url, { method: "DELETE" }), 204);
      assert.equal(await service.exists(key), false);
    },
  },
  {
    title: "makes forms by which browsers upload within bounds",
    async run({ service, folder }) {
      const key = `${folder}/form.tsv`;
      const metadata = { run: "7" };
      const form = await service.signedForm(key, {
        contentType: "text/tab-separated-values",
        minBytes: 2,
        maxBytes: 10,
        metadata,
      });
      has(form, { limitedBy: "requested", mayEndEarlier: false });
      assert.equal(await send(form, "mine.tsv", "a\tb"), 201);
      sameBytes(await service.getFileContents(key), Buffer.from("a\tb"));
      const ContentType = "text/tab-separated-values";
      has(await service.stat(key), { ContentType, Metadata: metadata });
      for (const contents of ["x", "x".repeat(11)]) {
        assert.equal(await send(form, "mine.tsv", contents), 400);
      }
      const elsewhere = { ...form, fields: { ...form.fields, key: `${folder}/other` } };
      assert.equal(await send(elsewhere, "mine.tsv", "a\tb"), 403);
      const many = await service.signedForm(`${folder}/in`, { anyName: true });
      for (const name of ["one.csv", "two.csv"]) {
        assert.equal(await send(many, name, name), 201);
      }
      const listed = await service.getListing(`${folder}/in`);
      assert.deepEqual(
        listed.map(({ Key }) => Key),
        [`${folder}/in/one.csv`, `${folder}/in/two.csv`],
      );
    },
  },
];
