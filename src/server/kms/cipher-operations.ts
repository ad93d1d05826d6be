import { findKey } from "./find-key.ts";
import { keyArn } from "./key-record.ts";
import { type KmsCall, type KmsOperation, namedKey } from "./kms-call.ts";
import { invalid } from "./kms-error.ts";
import { decrypt, encrypt, generateDataKey } from "./use-key.ts";

const plaintextBytes = 4096;
const ciphertextBytes = 6144;

/** What keys are for. */
export const cipherOperations: Readonly<Record<string, KmsOperation>> = {
  GenerateDataKey: (call) => {
    const { key, made } = dataKey(call, "GenerateDataKey");
    return {
      CiphertextBlob: made.ciphertext.toString("base64"),
      KeyId: keyArn(key),
      Plaintext: made.plaintext.toString("base64"),
    };
  },
  GenerateDataKeyWithoutPlaintext: (call) => {
    const { key, made } = dataKey(call, "GenerateDataKeyWithoutPlaintext");
    return { CiphertextBlob: made.ciphertext.toString("base64"), KeyId: keyArn(key) };
  },
  Encrypt: (call) => {
    const key = namedKey(call);
    const bytes = call.input.bytes("Plaintext", plaintextBytes);
    const sealed = encrypt(call, key, bytes, call.input.context());
    return {
      CiphertextBlob: sealed.toString("base64"),
      EncryptionAlgorithm: "SYMMETRIC_DEFAULT",
      KeyId: keyArn(key),
    };
  },
  Decrypt: (call) => {
    const { input } = call;
    const named = input.text("KeyId");
    const sealed = input.bytes("CiphertextBlob", ciphertextBytes);
    const opened = decrypt(call, sealed, input.context(), named === undefined ? {} : { named });
    return {
      EncryptionAlgorithm: "SYMMETRIC_DEFAULT",
      KeyId: keyArn(opened.key),
      Plaintext: opened.plaintext.toString("base64"),
    };
  },
  ReEncrypt: (call) => {
    const { input, keys, address } = call;
    const target = findKey(keys, input.required("DestinationKeyId"), address);
    const named = input.text("SourceKeyId");
    const sealed = input.bytes("CiphertextBlob", ciphertextBytes);
    const source = decrypt(call, sealed, input.context("SourceEncryptionContext"), {
      action: "ReEncryptFrom",
      ...(named !== undefined && { named }),
    });
    const context = input.context("DestinationEncryptionContext");
    const again = encrypt(call, target, source.plaintext, context, "ReEncryptTo");
    return {
      CiphertextBlob: again.toString("base64"),
      DestinationEncryptionAlgorithm: "SYMMETRIC_DEFAULT",
      KeyId: keyArn(target),
      SourceEncryptionAlgorithm: "SYMMETRIC_DEFAULT",
      SourceKeyId: keyArn(source.key),
    };
  },
};

function dataKey(call: KmsCall, action: string) {
  const { input } = call;
  const key = namedKey(call);
  const spec = input.text("KeySpec");
  const count = input.whole("NumberOfBytes", 1, 1024);
  if ((spec === undefined) === (count === undefined)) {
    throw invalid("Please specify either number of bytes or key spec.");
  }
  if (spec !== undefined && spec !== "AES_256" && spec !== "AES_128") {
    throw invalid("KeySpec must be AES_256 or AES_128.");
  }
  const sizeBytes = count ?? (spec === "AES_128" ? 16 : 32);
  return { key, made: generateDataKey(call, key, input.context(), { sizeBytes, action }) };
}
