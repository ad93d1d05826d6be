import { describe, expect, test } from "vitest";
import { protocolLimits } from "../../core/limits.ts";
import { readForm } from "./read-form.ts";

const type = 'multipart/form-data; charset=utf-8; boundary="b=1"';
const file = "\r\n--b=\r\n--b\r\n-";
const form =
  'preamble\r\n--b=1\r\nContent-Disposition: form-data; name="Key"\r\n\r\na\r\nb\r\n--b=1\r\n' +
  'Content-Type: text/plain\r\ncontent-disposition:form-data;name="empty"; filename="x"\r\n\r\n\r\n' +
  '--b=1\r\nContent-Disposition: form-data; name="file"; filename="ü;\\"1\\".txt"\r\n' +
  `Content-Type: text/plain\r\n\r\n${file}\r\n--b=1\r\n` +
  'Content-Disposition: form-data; name="late"\r\n\r\nx\r\n--b=1--\r\n';

/** The body in pieces of a length, as a network may bring it. */
async function* pieces(text: string, length: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

async function fileOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const read: Uint8Array[] = [];
  for await (const chunk of body) read.push(chunk);
  return Buffer.concat(read).toString();
}

test.each([1, 2, 3, 5, 7, 11, 64, 100_000])("a form in pieces of %d bytes", async (length) => {
  const read = await readForm(type, pieces(form, length));
  expect([...read.fields]).toEqual([
    ["key", "a\r\nb"],
    ["empty", ""],
  ]);
  expect(read.fileName).toBe('ü;"1".txt');
  expect(await fileOf(read.file)).toBe(file);
});

test("tells what of the body is not the file, where that stands last", async () => {
  const last = `${form.slice(0, form.indexOf('\r\nContent-Disposition: form-data; name="late"'))}--\r\n`;
  const { bytesAround } = await readForm(type, pieces(last, 64));
  expect(Buffer.byteLength(last) - bytesAround).toBe(Buffer.byteLength(file));
});

describe("what is no form", () => {
  test.each<[string, string, string]>([
    ["text/plain", form, "PreconditionFailed"],
    ["multipart/form-data", form, "MalformedPOSTRequest"],
    [`multipart/form-data; boundary=${"b".repeat(71)}`, form, "MalformedPOSTRequest"],
    [type, "", "MalformedPOSTRequest"],
    [type, "--b=1", "MalformedPOSTRequest"],
    [type, "--b=1--\r\n", "IncorrectNumberOfFilesInPostRequest"],
    [
      type,
      '--b=1\r\nContent-Disposition: form-data; name="a"\r\n\r\n',
      "IncorrectNumberOfFilesInPostRequest",
    ],
    [type, '--b=1\r\nContent-Disposition: attachment; name="a"\r\n\r\n', "MalformedPOSTRequest"],
    [
      type,
      `--b=1\r\n${"x".repeat(protocolLimits.formHeadBytes)}`,
      "MaxPostPreDataLengthExceededError",
    ],
  ])("%s: %j", async (contentType, body, code) => {
    await expect(readForm(contentType, pieces(body, 1000))).rejects.toMatchObject({ code });
  });

  test("a file that does not end", async () => {
    const { file: cut } = await readForm(
      type,
      pieces(
        form.slice(0, form.indexOf('\r\n--b=1\r\nContent-Disposition: form-data; name="late"')),
        64,
      ),
    );
    await expect(fileOf(cut)).rejects.toMatchObject({ code: "MalformedPOSTRequest" });
  });
});
