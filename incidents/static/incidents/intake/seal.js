// Seals for the mission's key. What is sealed here can't be read again on this phone, nor by who carries it.
import { Encrypter } from "../vendor/age.js";

export async function sha256(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function seal(recipient, content) {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return encrypter.encrypt(content);
}

// A file is announced inside its report by the hash of its sealed bytes, and by its own.
export async function sealFile(recipient, { blob, type }) {
  const plain = new Uint8Array(await blob.arrayBuffer());
  const sealed = await seal(recipient, plain);
  const announced = { name: await sha256(sealed), sha256: await sha256(plain), size: blob.size, type };
  return { announced, blob: new Blob([sealed]) };
}

export async function sealStatement(recipient, statement) {
  const body = await seal(recipient, JSON.stringify(statement));
  return { key: await sha256(body), body };
}
